// What the palette offers and what an element can be changed into: a test holds both to what the server runs.

// [key, type, icon, group, event]; workflow_server/engine/words.py says what is run.
export const OFFERED = [
  ["start", "StartEvent", "start-event-none", "event"],
  ["message", "StartEvent", "start-event-message", "event", "Message"],
  ["catch", "IntermediateCatchEvent", "intermediate-event-catch-message", "event", "Message"],
  ["throw", "IntermediateThrowEvent", "intermediate-event-throw-message", "event", "Message"],
  ["timer", "IntermediateCatchEvent", "intermediate-event-catch-timer", "event", "Timer"],
  ["signal", "IntermediateCatchEvent", "intermediate-event-catch-signal", "event", "Signal"],
  ["conditional", "IntermediateCatchEvent", "intermediate-event-catch-condition", "event", "Conditional"],
  ["end", "EndEvent", "end-event-none", "event"],
  ["user", "UserTask", "user-task", "activity"],
  ["service", "ServiceTask", "service-task", "activity"],
  ["send", "SendTask", "send-task", "activity"],
  ["receive", "ReceiveTask", "receive-task", "activity"],
  ["call", "CallActivity", "call-activity", "activity"],
  ["exclusive", "ExclusiveGateway", "gateway-xor", "gateway"],
  ["parallel", "ParallelGateway", "gateway-parallel", "gateway"],
  ["inclusive", "InclusiveGateway", "gateway-or", "gateway"],
  ["event_based", "EventBasedGateway", "gateway-eventbased", "gateway"],
  ["data", "DataObjectReference", "data-object", "data"],
];

// Actions of the replace menu.
const caught = ["message", "timer", "signal", "conditional"], thrown = ["error", "escalation"];
export const REPLACEMENTS = ["none-start", "none-start-event", "none-intermediate-throw", "none-intermediate-throwing", "none-end", "none-end-event",
  ...[...caught, ...thrown].flatMap((event) => [`${event}-start`, `${event}-boundary`]),
  ...[...caught, "escalation"].flatMap((event) => [`non-interrupting-${event}-start`, `non-interrupting-${event}-boundary`]),
  ...[...caught, "link"].map((event) => `${event}-intermediate-catch`),
  ...["message", "signal", "escalation", "link"].map((event) => `${event}-intermediate-throw`),
  ...["message", "signal", "escalation", "error", "terminate"].map((event) => `${event}-end`),
  "exclusive-gateway", "parallel-gateway", "inclusive-gateway", "event-based-gateway",
  "user-task", "service-task", "send-task", "receive-task", "manual-task", "rule-task", "call-activity",
  "collapsed-subprocess", "expanded-subprocess", "subprocess", "event-subprocess", "data-object-reference",
  "sequence-flow", "default-flow", "conditional-flow", "expanded-pool", "collapsed-pool"].map((name) => `replace-with-${name}`);

// Of these, what starts an event subprocess only.
export const HANDLER_STARTS = [...[...caught, "escalation"].map((event) => `non-interrupting-${event}-start`), "conditional-start", "error-start",
  "escalation-start"].map((name) => `replace-with-${name}`);

// What can happen to each activity while it is done: what the host does at once can only fail, and a person throws nothing.
const AT_ONCE = ["serviceTask", "businessRuleTask", "sendTask"], WITHIN = ["subProcess", "callActivity"];
export const ACTIVITIES = ["userTask", "manualTask", "receiveTask", ...AT_ONCE, ...WITHIN];
export const boundaryEvents = (host) => (AT_ONCE.includes(host) ? ["error"] : WITHIN.includes(host) ? [...caught, ...thrown] : caught);

const localName = (element) => element?.$type?.replace(/^bpmn:(.)/, (_, first) => first.toLowerCase());
export const isActivity = (element) => ACTIVITIES.includes(localName(element));
// What looks at the conditions of the flows behind it.
export const isDeciding = (element) => ["exclusiveGateway", "inclusiveGateway"].includes(localName(element)) || isActivity(element);

// Whether an action of the replace menu leads to what runs in this very place.
export function mayBecome(action, element) {
  if (!REPLACEMENTS.includes(action)) return false;
  const around = element?.$parent, isInHandler = Boolean(around?.triggeredByEvent);
  if (HANDLER_STARTS.includes(action)) return isInHandler;
  const [, event] = /^replace-with-(?:non-interrupting-)?(\w+)-boundary$/.exec(action) ?? [];
  return !event || boundaryEvents(localName(element?.attachedToRef)).includes(event);
}
