// What the form says itself; what forms say comes from their content.
const TEXTS = {
  zh: {
    add: "添加一项", add_here: "添加{label}", attachments: "附件", again: "重试", cancel: "取消",
    back_here: "我已登录，继续", bad_phone: "{label}不是正确的电话号码", bad_email: "{label}不是正确的电子邮箱",
    bad_pattern: "{label}的格式不对", banned: "{label}含有不可用的控制字符", calendar: "打开日历",
    choose: "请选择", choose_one: "请选择{label}", choose_file: "选择文件", claimed: "开始填写，本任务已由您领取。",
    clear: "清除", complete: "办结", completed_elsewhere: "本任务在另一窗口已办结。您在这里填写的内容没有提交，可以复制保存。",
    copied: "已复制。", copy_text: "复制已填内容", date: "日期", date_hint: "例如 2026-04-07，也可写 4月7日", day_example: "{label}应为日期，例如2026-03-01",
    drop: "把文件拖到这里，或", dropped_type: "“{name}”的类型不能上传，只接受 {accept}。",
    drafting: "有改动未保存", editing_elsewhere: "本任务也在另一窗口打开，后保存的会覆盖先保存的。", empty_file: "“{name}”是空文件。",
    fault_count: "有 {count} 处需要修改：", files_left: "附件还在上传，请稍候。", first_of: "第 {number} 项",
    fill: "请填写{label}", from_now: "{label}不能早于今天", future: "不能早于今天",
    gone: "这项任务已不由您办理。您填写的内容仍在这里，可以复制保存。", in_page: "查看办理结果", integer: "{label}应为整数",
    kept_here: "已保存在本机 {time}", line: "{label}只能填写一行", loading: "正在读取选项…", load_failed: "选项未能读取。",
    left: "还可填 {count} 字", login: "登录名", longest: "{label}最多{count}个字", max: "{label}不能大于{count}",
    min: "{label}不能小于{count}", moment_example: "{label}应为日期和时间，例如2026-03-01T14:30", more: "共 {total} 项，请输入文字查找",
    most_files: "{label}最多{count}个附件", most_rows: "最多 {count} 项", move_down: "下移第 {number} 项", move_up: "上移第 {number} 项",
    moved: "已移到第 {number} 项", network: "网络不通，没有提交。您填写的内容都在，请稍后再试。", no_option: "{label}没有这个选项",
    no_result: "没有找到", none: "无", not_saved: "未能保存到服务器，已存在本机，稍后自动再试", number: "{label}应为数字",
    one_file: "只能上传一个文件，已替换原来的文件。", other_person: "登录的是另一个人。为免混淆，这里的内容不会以其名义提交；请用原来的账号登录。",
    password: "口令", places: "{label}最多{count}位小数", refused: "没有提交：", remove: "删除", remove_file: "移除 {name}",
    remove_row: "删除第 {number} 项", removed: "已删除第 {number} 项。", repeated: "{label}有重复的选项", replace: "换一个文件",
    required: "必填", restored: "已恢复上次未保存到服务器的内容。", rows_least: "{label}至少填写{count}行", save: "保存草稿",
    saved: "已保存 {time}", saving: "正在保存…", search: "输入文字查找", second_factor: "此账号须再验证一步，请在新窗口登录后回到这里。",
    server: "服务器暂时不能办理，请稍后再试。", server_fault: "服务器出错，编号 {reference}，请告知管理员。", shortest: "{label}至少{count}个字",
    sign_in: "登录", sign_in_again: "登录已过期", sign_in_failed: "登录名或口令不正确。",
    sign_in_why: "请重新登录，您填写的内容都在，登录后接着办理。", sign_in_window: "在新窗口登录", start: "提交",
    submitting: "正在提交…", tick: "请勾选{label}", time: "时间", time_example: "{label}应为时间，例如14:30", too_large: "“{name}”有 {size}，超过上限 {limit}，没有上传。",
    too_big: "{label}的数字太大", undo: "撤销", upload_failed: "上传失败，网络不通。", upload_file: "请上传{label}", uploading: "正在上传 {name}",
    uploaded: "已上传 {name}", year: "{label}应在1901年至2200年之间", yuan: "元", hint_types: "可上传 {accept}，单个文件不超过 {limit}",
    hint_size: "单个文件不超过 {limit}", results: "{count} 个选项", remove_choice: "去掉 {label}", unknown: "（已不在可选范围内）", wrong: "有误",
    week: "星期日,星期一,星期二,星期三,星期四,星期五,星期六", in_range: "{label}不在允许的范围内", today: "今天", leave: "还有内容没有保存，确定离开吗？",
    yes: "是", no: "否", form_wrong: "表单", preview_only: "预览中不能上传",
  },
  en: {
    add: "Add an item", add_here: "Add: {label}", attachments: "Attachments", again: "Try again", cancel: "Cancel",
    back_here: "I have signed in, go on", bad_phone: "{label}: not a phone number", bad_email: "{label}: not an e-mail address",
    bad_pattern: "{label}: not in the right form", banned: "{label}: has control characters", calendar: "Open the calendar",
    choose: "Choose", choose_one: "Choose: {label}", choose_file: "choose files", claimed: "You have begun, so the task is yours now.",
    clear: "Clear", complete: "Complete", completed_elsewhere: "This task was completed in another window. What you typed here was not sent; you can copy it.",
    copied: "Copied.", copy_text: "Copy what I typed", date: "Date", date_hint: "For example 2026-04-07", day_example: "{label}: a date, such as 2026-03-01",
    drop: "Drop files here, or", dropped_type: "“{name}” is of a type that is not taken; taken are {accept}.",
    drafting: "Changes not saved yet", editing_elsewhere: "This task is open in another window too; who saves last wins.", empty_file: "“{name}” is empty.",
    fault_count: "To be mended: {count}", files_left: "Files are still being uploaded.", first_of: "Item {number}",
    fill: "Fill in: {label}", from_now: "{label}: not before today", future: "Not before today",
    gone: "This task is no longer yours. What you typed is still here; you can copy it.", in_page: "See the result", integer: "{label}: a whole number",
    kept_here: "Kept on this device {time}", line: "{label}: one line only", loading: "Reading the choices…", load_failed: "The choices could not be read.",
    left: "{count} characters left", login: "Login", longest: "{label}: at most {count} characters", max: "{label}: at most {count}",
    min: "{label}: at least {count}", moment_example: "{label}: a date and time, such as 2026-03-01T14:30", more: "{total} in all, type to search",
    most_files: "{label}: at most {count} files", most_rows: "At most {count} items", move_down: "Move item {number} down", move_up: "Move item {number} up",
    moved: "Moved to place {number}", network: "No network: nothing was sent. All that you typed is still here.", no_option: "{label}: no such choice",
    no_result: "Nothing found", none: "None", not_saved: "Not saved on the server; kept on this device, tried again soon", number: "{label}: a number",
    one_file: "Only one file is taken; it has replaced the other.", other_person: "Somebody else has signed in. Nothing is sent in their name; please sign in as before.",
    password: "Password", places: "{label}: at most {count} decimals", refused: "Not sent: ", remove: "Remove", remove_file: "Remove {name}",
    remove_row: "Remove item {number}", removed: "Item {number} was removed.", repeated: "{label}: a choice is repeated", replace: "Another file",
    required: "required", restored: "What was not saved on the server last time has been restored.", rows_least: "{label}: at least {count} rows", save: "Save draft",
    saved: "Saved {time}", saving: "Saving…", search: "Type to search", second_factor: "This account has a second step: sign in in a new window, then come back.",
    server: "The server cannot do this just now, try again later.", server_fault: "The server failed, reference {reference}.", shortest: "{label}: at least {count} characters",
    sign_in: "Sign in", sign_in_again: "You were signed out", sign_in_failed: "Wrong login or password.",
    sign_in_why: "Sign in again. All that you typed is still here, and goes on from here.", sign_in_window: "Sign in in a new window", start: "Submit",
    submitting: "Sending…", tick: "Tick: {label}", time: "Time", time_example: "{label}: a time, such as 14:30", too_large: "“{name}” has {size}, more than the limit of {limit}; it was not uploaded.",
    too_big: "{label}: too large a number", undo: "Undo", upload_failed: "Upload failed, no network.", upload_file: "Upload: {label}", uploading: "Uploading {name}",
    uploaded: "Uploaded {name}", year: "{label}: between 1901 and 2200", yuan: "yuan", hint_types: "Takes {accept}, at most {limit} a file",
    hint_size: "At most {limit} a file", results: "{count} choices", remove_choice: "Remove {label}", unknown: "(no longer offered)", wrong: "wrong",
    week: "Sunday,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday", in_range: "{label}: out of range", today: "Today", leave: "Something is not saved yet. Leave?",
    yes: "Yes", no: "No", form_wrong: "Form", preview_only: "No uploads in a preview",
  },
};

export const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";

export function t(key, values = {}) {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");
}

export function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let rest = bytes, unit = 0;
  while (rest >= 1024 && unit < 3) { rest /= 1024; unit += 1; }
  return `${unit ? rest.toFixed(1).replace(/\.0$/, "") : rest} ${units[unit]}`;
}
