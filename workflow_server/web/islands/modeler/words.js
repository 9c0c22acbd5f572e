// The words of our namespace: where each stands, what its attributes hold, and how persons read them.
// docs/extension-namespace.xsd and content/grammar.py say the same; a test holds the three together.

const TASKS = ["task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask",
  "scriptTask"];
const WORKING = [...TASKS, "callActivity", "subProcess", "transaction", "adHocSubProcess", "startEvent", "endEvent",
  "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"];
const MESSAGES = ["startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask", "intermediateThrowEvent",
  "endEvent", "sendTask"];

const ACTABLE = ["startEvent", "intermediateCatchEvent", "boundaryEvent"];

// What the operations of the server do, for who chooses one.
export const OPERATIONS = {
  count: ["统计台账条数", "Count records"], decide: ["按决策表得出结论", "Decide by a table"], draw_number: ["取号", "Draw a number"],
  erase_content: ["清除本案内容", "Erase the contents of the case"], find_similar: ["查找相近的记录", "Find similar records"], find_frequent: ["查找多发的情形", "Find what is frequent"], read_record: ["查阅记录", "Read a record"], read_figures: ["统计台账数字", "Read a ledger's figures"],
};
// The changes of a clock that are an automatic task's work by themselves.
export const CLOCK_WORK = ["extend", "pause", "resume", "exclude", "restart", "revise", "add"];
export const isClockWork = (effect) => CLOCK_WORK.includes(effect.get("operation")) && effect.get("when") !== "enter";

// ---- kinds of text, as the schema has them ----

const ID = "[A-Za-z_][A-Za-z0-9_.\\-]*", KEY = "[a-z][a-z0-9_]*";
export const PATTERNS = {
  key: [KEY, "小写字母、数字和下划线，以字母开头", "lower case letters, digits and _, a letter first"],
  name: ["_?[A-Za-z][A-Za-z0-9_]*", "字母、数字和下划线，以字母开头", "letters, digits and _, a letter first"],
  path: ["[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*", "表单字段的路径，如 reason 或 evidence.note",
    "the path of a field, such as reason or evidence.note"],
  id: [ID, "图中一个元素的标识", "the id of an element"],
  ids: [`${ID}( ${ID})*`, "图中元素的标识", "ids of elements"],
  keys: [`${KEY}( ${KEY})*`, "小写字母、数字和下划线", "lower case letters, digits and _"],
  formKey: ["[a-z0-9_\\-]+(/[a-z0-9_\\-]+)+", "“目录/表单”，如 permit/decision", "folder/form, as permit/decision"],
  messageType: ["[A-Z][A-Z0-9]*(-[A-Z0-9]+)*", "大写字母、数字和连字符，如 M-APPLY", "capitals, digits and -, as M-APPLY"],
  offset: ["-?P([0-9]{1,4}W|[0-9]{1,4}D(T[0-9]{1,4}H)?|T[0-9]{1,4}H)", "时长，如 -P15D（提前15天）或 PT2H",
    "a duration, as -P15D (15 days before) or PT2H"],
  level: ["[1-9][0-9]?", "1 到 99", "1 to 99"],
};

// ---- attributes ----
// t: kind of text; pick: the list of the vocabulary (or of the diagram, after "@") that it is chosen from;
// one: [value, 中文, English] choices; for: shown when another attribute has one of these values; feel: never a plain text.

const text = (zh, en, more) => ({ t: "text", zh, en, ...more });
const value = (zh, en, more) => ({ t: "value", zh, en, ...more });
const of = (t, zh, en, more) => ({ t, zh, en, ...more });
const choice = (zh, en, one, more) => ({ t: "choice", zh, en, one, ...more });
const must = (attribute) => ({ ...attribute, must: true });

const WHEN = choice("时机", "When", [["enter", "到达时", "on arrival"], ["leave", "离开时（默认）", "on leaving (default)"]],
  { help: ["同一环节的 wf:output 要用到时，选“到达时”", "on arrival, if an output of the same element needs it"] });
const HAS_DEPARTMENT = ["department", "department_head"];
const HAS_FIELD = ["field", "field_department_head", "chosen_by_starter", "chosen_by_previous"];

export const STRATEGIES = [
  ["role", "角色：谁有该角色谁领取", "Role: whoever holds it"],
  ["department", "部门成员", "Members of a department"],
  ["department_head", "部门的负责人", "Head of a department"],
  ["head_above", "连续多级部门的负责人", "Head some steps above"],
  ["post", "岗位（职务）", "Post by title"],
  ["person", "指定人员", "Named people"],
  ["chosen_by_previous", "上一步办理人自选", "Chosen by who did the step before"],
  ["chosen_by_starter", "发起人自选", "Chosen by the starter"],
  ["starter", "发起人自己", "The starter"],
  ["starter_department_head", "发起人的部门的负责人", "Head of the starter's department"],
  ["starter_head_above", "发起人的连续多级负责人", "Head some steps above the starter"],
  ["group", "用户组", "Group"],
  ["field", "表单中选的人", "Picked in a form"],
  ["field_department_head", "表单中选的部门的负责人", "Head of what was picked in a form"],
  ["expression", "流程表达式", "Expression"],
  ["task", "前面某环节的办理人", "Who did an earlier task"],
  ["none", "不指定（按泳道的角色）", "None (the lane's role)"],
];

export const WORDS = {
  process: { zh: "流程", en: "Process", at: ["process"], once: true, has: {
    title: must(text("名称（办理人看到的）", "Title that persons see")),
    party: of("key", "承办单位的类别", "Kind of host", { pick: "parties",
      help: ["只有这类单位可以承办；不填则不限", "only organisations of this kind host it; empty: any"] }),
    signals: choice("它发出的信号", "Signals that it throws", [
      ["organisation", "本单位所有案件都收到", "are heard by all cases of the organisation"],
      ["called", "只有它调用的案件收到", "are heard by the cases that it has called"],
    ]),
  } },
  start: { zh: "发起入口", en: "Ways to start", at: ["process"], name: "label", has: {
    role: must(of("key", "谁可以发起", "Who may start it", { pick: "roles" })),
    label: must(text("菜单上的文字", "Menu entry")),
    form: of("formKey", "发起表单", "Start form", { pick: "forms" }),
    element: of("id", "开始事件", "Start event", { pick: "@starts",
      help: ["不填则为没有触发的那个开始事件", "empty: the one without a trigger"] }),
  } },
  team: { zh: "办案组成员", en: "Team of the case", at: ["process"], name: "role", has: {
    role: must(of("key", "在案件中的角色", "Role in the case", { pick: "roles" })),
    value: must(value("人员", "Who", { help: ["人员标识或其列表；成员可以查看案件", "a person's id, or a list; members see the case"] })),
  } },
  flag: { zh: "案件标记", en: "Flags of the case", at: ["process"], name: "name", has: {
    name: must(of("key", "标记", "Flag", { among: ["secrecy", "minor"], help: ["secrecy 密级，minor 涉未成年人，或自定", "secrecy, minor, or one of your own"] })),
    value: must(value("取值", "Value")),
  } },
  separate: { zh: "职责分离", en: "Duties kept apart", at: ["process"], name: "label", has: {
    label: must(text("规则名称", "Name of the rule")),
    tasks: must(of("ids", "不得由同一人办理的环节", "Not by the same person", { pick: "@separable" })),
  } },
  lane: { zh: "泳道", en: "Lane", at: ["lane"], once: true, has: {
    role: must(of("key", "泳道的角色", "Role of the lane", { pick: "roles",
      help: ["泳道内的环节默认由此角色办理", "tasks in the lane go to it by default"] })),
  } },
  assign: { zh: "谁来办理", en: "Who does it", at: ["userTask"], once: true, has: {
    strategy: must(choice("选人方式", "Way to choose", STRATEGIES,
      { help: ["不填则由泳道的角色办理", "empty: whoever holds the lane's role"] })),
    role: of("key", "角色", "Role", { pick: "roles", for: { strategy: ["role", "post", "department", "group"], onEmpty: ["role"] },
      help: ["不填则为泳道的角色；其他方式下用来缩小范围", "empty: the lane's; with other ways it narrows"] }),
    task: of("id", "哪个环节", "Which task", { pick: "@tasks", for: { strategy: ["task", "field", "field_department_head", "chosen_by_previous"] } }),
    value: value("人员标识或列表", "Ids of people", { for: { strategy: ["person", "expression", ...HAS_FIELD] } }),
    title: text("职务全称", "Title of the post", { for: { strategy: ["post"] } }),
    department: value("部门（代码或标识）", "Department (key or id)", { pick: "departments", for: { strategy: HAS_DEPARTMENT } }),
    of: value("以谁为准", "Of whom", { among: [["previous", "上一步办理人（默认）", "who did the step before (default)"],
      ["starter", "发起人", "the starter"]], for: { strategy: [...HAS_DEPARTMENT, "head_above"] } }),
    level: of("level", "上溯几级", "Steps up", { for: { strategy: ["head_above", "starter_head_above"] } }),
    until: choice("直到", "Until", [["top", "最高一级", "the top"]], { for: { strategy: ["head_above", "starter_head_above"] } }),
    group: text("用户组", "Group", { pick: "groups", for: { strategy: ["group"] } }),
    field: of("path", "选人的字段", "Field where people are picked", { pick: "@fields", for: { strategy: HAS_FIELD } }),
    onEmpty: choice("找不到人时", "If nobody is found", [["incident", "停下等待处理（默认）", "wait for an administrator (default)"],
      ["role", "转给角色", "the role"], ["head_above", "上一级负责人", "the head above"], ["starter", "发起人", "the starter"],
      ["person", "指定人员", "a named person"]]),
    fallback: value("替补人员", "Instead", { for: { onEmpty: ["person"] } }),
    selfRule: choice("发起人或上一步办理人自己办理", "Starter or previous person themselves", [["allow", "允许（默认）", "may (default)"],
      ["exclude", "不允许", "must not"], ["head_above", "改由上一级负责人", "the head above instead"],
      ["department_head", "改由部门的负责人", "the department's head instead"]]),
  } },
  separateFrom: { zh: "与谁分离", en: "Kept apart from", at: ["userTask"], once: true, has: {
    tasks: must(of("ids", "办过这些环节的人不得办理", "Not by who did one of these", { pick: "@tasks" })),
  } },
  form: { zh: "表单", en: "Form", at: ["userTask"], once: true, has: {
    key: must(of("formKey", "表单", "Form", { pick: "forms" })),
  } },
  fieldAccess: { zh: "字段权限", en: "Access to fields", at: ["userTask"], name: "field", has: {
    field: must(of("path", "字段", "Field", { pick: "@fields" })),
    access: must(choice("权限", "Access", [["read", "只读", "read"], ["write", "可填", "write"], ["required", "必填", "required"],
      ["hidden", "隐藏", "hidden"]])),
  } },
  reads: { zh: "表单旁显示的案情", en: "Shown beside the form", at: ["userTask", ...ACTABLE], name: "label", has: {
    label: must(text("标题", "Label")),
    value: must(value("内容", "Value")),
  } },
  preview: { zh: "填表时预览的文书", en: "Papers shown beside the form", at: ["userTask", ...ACTABLE], name: "kind", has: {
    kind: must(of("key", "文书种类", "Kind of document", { pick: "documents" })),
  } },
  act: { zh: "可办事项", en: "What people may do", at: ACTABLE, once: true, has: {
    label: must(text("事项名称", "What it is called", { help: ["显示在案件页的“可办事项”里；也可以同时等待来函", "shown on the page of the case; a letter may be waited for as well"] })),
    role: must(of("keys", "谁可以办", "Who may do it", { pick: "roles" })),
    form: of("formKey", "表单", "Form", { pick: "forms", help: ["不填则只须确认", "empty: it is only confirmed"] }),
    condition: value("何时可办", "Offered while", { feel: true, help: ["FEEL；不填则一直可办", "FEEL; empty: always"] }),
  } },
  output: { zh: "写出的事实", en: "Facts set here", at: WORKING, name: "name", has: {
    name: must(of("name", "事实名", "Name of the fact")),
    value: must(value("取值", "Value", { help: ["离开时计算；之后各处可以用这个名字", "evaluated on leaving; known everywhere afterwards"] })),
  } },
  record: { zh: "台账记录", en: "Records", at: WORKING, name: "kind", effect: true, kids: ["field"], has: {
    operation: must(choice("做什么", "Do what", [["open", "建立", "open"], ["update", "更新", "update"], ["close", "办结", "close"]])),
    kind: must(of("key", "台账种类", "Kind", { pick: "records" })),
    of: value("哪一条", "Which one", { for: { operation: ["update", "close"] }, help: ["记录的标识；不填则为本流程最近建立的一条", "id of a record; empty: the one opened here last"] }),
    title: value("标题", "Title", { for: { operation: ["open", "update"] } }),
    state: value("状态", "State", { pick: "@states" }),
    when: WHEN,
  } },
  field: { zh: "字段", en: "Fields", name: "name", has: {
    name: must(of("name", "字段", "Field", { pick: "@recordFields" })),
    value: must(value("取值", "Value")),
  } },
  link: { zh: "关联", en: "Links", at: WORKING, name: "relation", effect: true, has: {
    from: must(value("从", "From", { help: ["台账、文书或案件的标识", "id of a record, document or case"] })),
    relation: must(of("key", "关系", "Relation")),
    to: must(value("到", "To")),
    when: WHEN,
  } },
  state: { zh: "到达时的状态", en: "States on arrival", at: WORKING, name: "label", effect: true, has: {
    record: must(of("key", "台账种类", "Kind of record", { pick: "records" })),
    label: must(text("状态", "State", { pick: "@states" })),
    of: value("哪一条", "Which one", { help: ["记录的标识；不填则为本流程最近建立的一条", "id of a record; empty: the one opened here last"] }),
  } },
  number: { zh: "编号", en: "Numbers", at: WORKING, name: "name", effect: true, has: {
    series: must(of("key", "编号序列", "Series", { pick: "series" })),
    name: must(of("name", "记入事实", "Fact that gets it")),
    when: WHEN,
  } },
  document: { zh: "文书", en: "Documents", at: WORKING, name: "kind", effect: true, has: {
    kind: must(of("key", "文书种类", "Kind of document", { pick: "documents" })),
    moment: must(choice("做到哪一步", "Moment", [["draft", "拟稿（无编号）", "draft (no number)"], ["issue", "制发（编号、日期、印章）", "issue (number, date, seal)"],
      ["serve", "送达", "serve"]])),
    to: value("受文单位", "Recipient", { help: ["单位标识", "id of an organisation"] }),
    name: value("标题", "Title", { help: ["不填则为文书种类的名称", "empty: the kind's"] }),
    when: WHEN,
  } },
  deadline: { zh: "期限", en: "Deadlines", at: WORKING, name: "name", effect: true, has: {
    operation: choice("做什么", "Do what", [["start", "起算（默认）", "start (default)"], ["stop", "停止", "stop"], ["extend", "延长", "extend"],
      ["pause", "中止", "pause"], ["resume", "恢复", "resume"], ["exclude", "扣除", "exclude days"], ["restart", "变更后重新起算", "restart"],
      ["revise", "更正起算日", "correct its start"], ["add", "增加一条规则", "add a rule"]]),
    name: must(of("name", "名称", "Name", { help: ["以 deadlines.名称 引用", "used as deadlines.<name>"] })),
    rule: value("期限规则", "Rule", { pick: "deadline_rules", for: { operation: ["start", undefined, "restart", "add"] },
      help: ["可以写成列表，以最先届满的为准", "may be a list: the earliest end counts"] }),
    start: value("起算日", "Counts from", { for: { operation: ["start", undefined, "restart", "revise"] } }),
    amount: value("期限数", "Amount", { for: { operation: ["start", undefined, "restart", "add"] },
      help: ["只用于由案件确定长短的规则", "of a rule that lets the case set it"] }),
    until: value("延长至", "Extended to", { for: { operation: ["extend"] } }),
    by: value("依哪条规则延长", "Extended by the rule", { pick: "deadline_rules", for: { operation: ["extend"] } }),
    days: value("扣除天数", "Days", { for: { operation: ["exclude"] } }),
    from: value("扣除自", "From", { for: { operation: ["exclude"] } }),
    to: value("扣除至", "To", { for: { operation: ["exclude"] } }),
    reason: value("理由", "Reason", { for: { operation: ["extend", "pause", "resume", "exclude", "restart", "revise", "add"] } }),
    as: choice("停止为", "Stopped as", [["cancelled", "取消（不再等待）", "cancelled (nothing is awaited)"]], { for: { operation: ["stop"] } }),
    stopOn: of("ids", "办完这些环节即满足", "Met when one of these is left", { pick: "@elements", for: { operation: ["start", undefined] } }),
    subject: of("key", "显示在哪种台账上", "Shown with records of", { pick: "records", for: { operation: ["start", undefined] } }),
    label: value("显示的名称", "Label", { for: { operation: ["start", undefined, "restart"] } }),
    copyTo: value("提醒抄送单位", "Warnings copied to", { for: { operation: ["start", undefined] }, help: ["单位标识", "id of an organisation"] }),
    when: WHEN,
  } },
  message: { zh: "消息", en: "Messages", at: MESSAGES, name: "type", effect: true, kids: ["payload", "enclose"], has: {
    type: must(of("messageType", "消息类型", "Type", { pick: "message_types" })),
    to: value("发给", "To", { sends: true, help: ["收件单位的标识或其列表", "id of an organisation, or a list"] }),
    conversation: value("往来标识", "Conversation", { help: ["回信凭它找到这个案件，例如文书的编号", "what an answer is found by, such as a document's number"] }),
    inReplyTo: value("答复哪一封", "In reply to", { sends: true }),
  } },
  payload: { zh: "内容", en: "Contents", name: "name", has: {
    name: must(of("name", "名称", "Name")),
    value: must(value("取值", "Value")),
    disclose: of("keys", "允许随信披露", "May be disclosed", { pick: "data_classes",
      help: ["不填则敏感数据以遮盖的形式送达", "without it, what is classed arrives masked"] }),
  } },
  enclose: { zh: "附送文书", en: "Enclosed documents", name: "document", has: {
    document: must(of("key", "文书", "Document", { pick: "documents" })),
    disclose: of("keys", "允许随信披露", "May be disclosed", { pick: "data_classes" }),
  } },
  timer: { zh: "随期限的定时", en: "Timer by a deadline", at: ["startEvent", "intermediateCatchEvent", "boundaryEvent"], once: true, has: {
    deadline: must(of("name", "期限", "Deadline", { pick: "@deadlines" })),
    offset: of("offset", "提前或推后", "Offset"),
  } },
  operation: { zh: "自动处理", en: "Operation", at: ["serviceTask", "businessRuleTask"], once: true, kids: ["parameter"], has: {
    name: must(of("key", "做什么", "Operation", { pick: "operations" })),
    result: of("name", "结果记入事实", "Fact that gets the result"),
  } },
  parameter: { zh: "参数", en: "Parameters", name: "name", has: {
    name: must(of("name", "参数", "Parameter", { pick: "@parameters" })),
    value: must(value("取值", "Value")),
  } },
  outcome: { zh: "结局", en: "Outcome", at: ["endEvent"], once: true, has: {
    value: must(of("key", "代码（统计用）", "Key for statistics")),
    label: must(text("显示的名称", "Label")),
  } },
  each: { zh: "逐项办理", en: "One by one of a list", at: ["multiInstanceLoopCharacteristics"], once: true, has: {
    items: value("列表", "List", { feel: true, help: ["FEEL，例如 units 或 answers.Activity_x[-1].rows", "FEEL, such as units or answers.Activity_x[-1].rows"] }),
    as: of("name", "每一项叫什么", "What each item is called", { help: ["在每一次办理里用这个名字，例如 unit", "its name within each turn, such as unit"] }),
    result: value("每一项的结果", "Result of each", { feel: true, help: ["每一项办完时计算，例如 this.opinion；须与下一栏同时填写", "worked out as each ends, such as this.opinion; needs the field below as well"] }),
    into: of("name", "结果汇集到事实", "Fact that gets the results", { help: ["按各项的次序成为一个列表", "a list in the order of the items"] }),
  } },
  call: { zh: "带入的事实", en: "Facts it begins with", at: ["callActivity"], once: true, kids: ["parameter"], has: {} },
};

// ---- what bpmn-js must know of them ----

const typeOf = (word) => word[0].toUpperCase() + word.slice(1);

export function descriptor() {
  const parents = Object.entries(WORDS).filter(([, { kids }]) => kids);
  const part = (kid) => parents.filter(([, { kids }]) => kids.includes(kid)).map(([parent]) => `${typeOf(parent)}Part`);
  return {
    name: "WorkflowServer", prefix: "wf", uri: "urn:workflow-server:bpmn:1", xml: { tagAlias: "lowerCase" },
    types: [
      ...parents.map(([parent]) => ({ name: `${typeOf(parent)}Part`, isAbstract: true, superClass: ["Element"] })),
      ...Object.entries(WORDS).map(([word, { has, kids }]) => ({
        name: typeOf(word),
        superClass: part(word).length ? part(word) : ["Element"],
        properties: [
          ...Object.keys(has).map((name) => ({ name, isAttr: true, type: "String" })),
          ...(kids ? [{ name: "parts", isMany: true, type: `${typeOf(word)}Part` }] : []),
        ],
      })),
    ],
  };
}

export const wordOf = (element) => (element.$type?.startsWith("wf:") ? element.$type[3].toLowerCase() + element.$type.slice(4) : null);
export const typeName = (word) => `wf:${typeOf(word)}`;
export const mayStand = (word, place) => WORDS[word]?.at?.includes(place) ?? false;
export const placeOf = (element) => element.$type.replace(/^bpmn:(.)/, (_, first) => first.toLowerCase());
