// What the editors of forms, templates and other files say, in both languages of the interface.
import { speaker } from "../saying.js";

const TEXTS = {
  zh: {
    conflictTitle: "别人或另一窗口刚刚保存了这个文件", conflictText: "为了不丢失任何一方的修改，请选择：",
    keepMine: "用我的覆盖对方的", takeTheirs: "改用对方的（我的先下载到本机）",
    backupTitle: "发现上次没有保存的修改", backupText: "本机保存于 {time}。要恢复吗？", restore: "恢复", discard: "放弃",
    faults: "检查结果", noFaults: "没有发现问题", faultCount: "{count} 处需要改正", elsewhere: "其他文件另有 {count} 处",
    checking: "正在检查…", checkFailed: "检查没有完成：{reason}", check: "检查",
    preview: "预览", hidePreview: "收起预览", source: "源文件", broken: "这个文件不是可以打开的表单：{reason}",
    sample: "样例数据", sampleHelp: "只用于预览，保存在本机。", badJson: "样例数据不是正确的 JSON：{reason}", reset: "恢复样例",
    insert: "插入", names: "数据", filters: "过滤器", parts: "版面部件", rendering: "正在生成预览…",
    example: "预览数据来自", madeUp: "样例", saved: "已保存 {time}", saving: "正在保存…", unsaved: "有未保存的修改",
    notSaved: "没有保存成功，将自动重试：{reason}", shut: "这个草稿已不能修改：{reason} 您的修改留在本机，可以下载。", takeAway: "下载我的修改",
    business: "业务设置", source_: "选项来源", noSource: "（无）", people: "人员", organisations: "单位", vocabulary: "词表",
    sourceHelp: "选项由系统提供，提交时再核对一次。", role: "只列此角色", party: "只列此类单位", whichVocabulary: "哪个词表",
    class_: "数据类别", classHelp: "无权读取该类别的人看到的是遮蔽后的内容。", money: "金额（以分保存）",
    moneyHelp: "填写元，保存为整数分，不带小数。", minRows: "最少行数", maxRows: "最多行数", initial: "初始值",
    initialHelp: "以 = 开头的表达式，取自本案已有的内容；办理人可以修改。", any: "（不限）",
    rules: "跨字段规则", rulesHelp: "条件成立时，在所选字段显示提示，不能提交。", when: "条件（表达式）", field: "字段", message: "提示",
    addRule: "添加规则", removeRule: "删除", filesOfKind: "本文书的文件", editor: "编辑器",
    find: "查找", findNext: "下一处", findBefore: "上一处", found: "第 {place} 处，共 {count} 处",
  },
  en: {
    conflictTitle: "Somebody else or another window has just saved this file", conflictText: "Choose, so that nothing is lost:",
    keepMine: "Overwrite with mine", takeTheirs: "Take theirs (mine is downloaded first)",
    backupTitle: "There are changes that were not saved last time", backupText: "Kept on this computer at {time}. Restore them?", restore: "Restore", discard: "Discard",
    faults: "Check", noFaults: "Nothing is wrong", faultCount: "{count} to put right", elsewhere: "{count} more in other files",
    checking: "Checking…", checkFailed: "The check did not finish: {reason}", check: "Check",
    preview: "Preview", hidePreview: "Hide the preview", source: "Source", broken: "This file is no form that can be opened: {reason}",
    sample: "Sample data", sampleHelp: "For the preview only, kept on this computer.", badJson: "The sample data are no JSON: {reason}", reset: "Reset the sample",
    insert: "Insert", names: "Data", filters: "Filters", parts: "Parts", rendering: "Making the preview…",
    example: "The preview shows data of", madeUp: "a sample", saved: "Saved {time}", saving: "Saving…", unsaved: "Changes not saved yet",
    notSaved: "Not saved, will try again: {reason}",
    shut: "This draft cannot be changed any more: {reason} Your changes stay on this computer and can be downloaded.", takeAway: "Download my changes",
    business: "Our settings", source_: "Source of options", noSource: "(none)", people: "People", organisations: "Organisations", vocabulary: "Vocabulary",
    sourceHelp: "The server offers the options and asks again when the form is sent.", role: "Only with this role", party: "Only of this party", whichVocabulary: "Which vocabulary",
    class_: "Class of data", classHelp: "Who may not read the class sees it masked.", money: "Money (kept in fen)",
    moneyHelp: "Typed in yuan, kept as whole fen.", minRows: "Least rows", maxRows: "Most rows", initial: "Initial value",
    initialHelp: "An expression beginning with =, of what the case already holds; it can be changed.", any: "(any)",
    rules: "Rules over several fields", rulesHelp: "If the condition is true, the message stands at the field and the form is not sent.", when: "Condition (FEEL)", field: "Field", message: "Message",
    addRule: "Add a rule", removeRule: "Remove", filesOfKind: "Files of this document", editor: "Editor",
    find: "Find", findNext: "Next", findBefore: "Previous", found: "{place} of {count}",
  },
};

export const say = speaker(TEXTS);
