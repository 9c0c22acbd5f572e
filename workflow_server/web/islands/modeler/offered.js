// What the palette offers and what an element can be changed into: a test holds both to what the server runs.

// [key, type, icon, group, more]; workflow_server/engine/words.py says what is run.
export const OFFERED = [
  ["start", "StartEvent", "start-event-none", "event"],
  ["message", "StartEvent", "start-event-message", "event", "Message"],
  ["catch", "IntermediateCatchEvent", "intermediate-event-catch-message", "event", "Message"],
  ["throw", "IntermediateThrowEvent", "intermediate-event-throw-message", "event", "Message"],
  ["timer", "IntermediateCatchEvent", "intermediate-event-catch-timer", "event", "Timer"],
  ["end", "EndEvent", "end-event-none", "event"],
  ["user", "UserTask", "user-task", "activity"],
  ["service", "ServiceTask", "service-task", "activity"],
  ["send", "SendTask", "send-task", "activity"],
  ["receive", "ReceiveTask", "receive-task", "activity"],
  ["exclusive", "ExclusiveGateway", "gateway-xor", "gateway"],
  ["parallel", "ParallelGateway", "gateway-parallel", "gateway"],
  ["event_based", "EventBasedGateway", "gateway-eventbased", "gateway"],
];

// Actions of the replace menu.
export const REPLACEMENTS = ["none-start", "none-start-event", "none-intermediate-throw", "none-intermediate-throwing",
  "none-end", "none-end-event", "message-start", "message-intermediate-catch", "message-intermediate-throw",
  "timer-intermediate-catch", "message-end", "terminate-end", "message-boundary", "timer-boundary",
  "non-interrupting-message-boundary", "non-interrupting-timer-boundary", "exclusive-gateway", "parallel-gateway",
  "event-based-gateway", "user-task", "service-task", "send-task", "receive-task", "manual-task", "rule-task",
  "collapsed-subprocess", "expanded-subprocess", "subprocess", "sequence-flow", "default-flow", "conditional-flow",
  "expanded-pool", "collapsed-pool"].map((name) => `replace-with-${name}`);
