// What the server's FEEL does otherwise than feelin 6.1.1, as exact replacements in its source.
//
// Each entry is [reason, find, replace]. The build fails unless `find` occurs exactly once,
// so a new feelin cannot silently lose a correction. docs/feel.md lists them for designers;
// tests/feel/test_dates.py proves them.

export default [
  ["a date and time has the properties of FEEL, not those of luxon",
    `    // fast path: exact own entry, no normalization needed
    if (has(context, name)) {`,
    `    if (!isDateTime(context) && has(context, name)) {`],
  ["durations are multiplied, divided and negated",
    `                const temporal = ['date', 'time', 'date time', 'duration'];`,
    `                const scaled = host.scaled(node.input, left, right);
                if (scaled !== undefined) {
                    return scaled;
                }
                const temporal = ['date', 'time', 'date time', 'duration'];`],
  ["a duration is negated",
    `                    return op(context)(() => 0, value);`,
    `                    const given = value(context);
                    return isDuration(given) ? host.normal(given.negate()) : op(context)(() => 0, () => given);`],
  ["what can't be compared is neither equal nor unequal",
    `            case '!=': return (b) => (a) => !equals(a, b);`.trim(),
    `case '!=': return (b) => (a) => { const same = equals(a, b); return same === null ? null : !same; };`],
  ["the flag x lets a pattern be written with blanks",
    `    // we don't implement the <x> flag
    if (/x/.test(flags)) {
        throw notImplemented('matches <x> flag');
    }
    return flags + defaultFlags;`,
    `    return flags.replace(/x/g, '') + defaultFlags;`],
  ["the flag x takes the blanks out",
    `        return new RegExp(pattern, 'u' + buildFlags(flags, defaultFlags));`,
    `        return new RegExp(/x/.test(flags) ? host.withoutBlanks(pattern) : pattern, 'u' + buildFlags(flags, defaultFlags));`],
  ["a parsed expression must not weigh more than it has to",
    `    return Object.assign(fn, {
        type,
        toString() {
            return \`TaggedFunction[\${type}] \${Function.prototype.toString.call(fn)}\`;
        }
    });`,
    `    fn.type = type;
    return fn;`],
  ["a missing name must not cost a normalisation of every key",
    `    const normalizedName = normalizeContextKey(name);
    if (has(context, normalizedName)) {
        return context[normalizedName];
    }
    const entry = Object.entries(context).find(([key]) => normalizedName === normalizeContextKey(key));
    if (entry) {
        return entry[1];
    }
    return undefined;`,
    `    if (isDateTime(context)) {
        return host.property(context, name);
    }
    const normalizedName = host.normalKey(name);
    if (has(context, normalizedName)) {
        return context[normalizedName];
    }
    for (const key of Object.keys(context)) {
        if (host.normalKey(key) === normalizedName) {
            return context[key];
        }
    }
    return undefined;`],

  ["a date and an instant are compared as instants in the business zone",
    `        if (strict || a.zone === SystemZone.instance || b.zone === SystemZone.instance) {
            return a.equals(b);
        }
        else {
            return a.toUTC().valueOf() === b.toUTC().valueOf();
        }`,
    `        return strict ? a.equals(b) : host.instant(a) === host.instant(b);`],

  ["durations are equal when they are, not when they are near",
    `        // years and months duration -> months
        if (Math.abs(a.as('days')) > 180) {
            return Math.trunc(a.minus(b).as('months')) === 0;
        }
        // days and time duration -> seconds
        else {
            return Math.trunc(a.minus(b).as('seconds')) === 0;
        }`,
    `        return host.sameDuration(a, b);`],

  ["a duration is kept in its normal form, so that its properties can be read",
    `    if (typeof opts === 'number') {
        return Duration.fromMillis(opts);
    }
    return Duration.fromISO(opts);`,
    `    return typeof opts === 'number' ? host.normal(Duration.fromMillis(opts)) : host.parseDuration(opts);`],

  ["a date is written YYYY-MM-DD and nothing else",
    `        if (!str.includes('T')) {
            // raw dates are in UTC time zone`,
    `        if (!/^\\d{4}-\\d\\d-\\d\\d(?:T|$)/.test(str)) {
            return DateTime.invalid('not a date');
        }
        const quick = zone && zone !== SystemZone.instance ? null : host.quick(str);
        if (quick && (str.includes('T') || !zone)) {
            return quick;
        }
        if (!str.includes('T')) {
            // raw dates are in UTC time zone`],

  ["a date plus a duration stays a date; the rest is exact",
    `                    else if (isDateTime(a) && isDuration(b)) {
                        return a.plus(b);
                    }
                    else if (isDuration(a) && isDuration(b)) {
                        return a.plus(b);
                    }
                    return a + b;`,
    `                    else if (isDateTime(a) && isDuration(b)) {
                        return host.shift(a, b, 1);
                    }
                    else if (isDuration(a) && isDuration(b)) {
                        return host.normal(a.plus(b));
                    }
                    return a + b;`],

  ["the difference of two days is a duration whose days can be read",
    `                    else if (isDateTime(a) && isDateTime(b)) {
                        return a.diff(b);
                    }
                    else if (isDateTime(a) && isDuration(b)) {
                        return a.minus(b);
                    }
                    else if (isDuration(a) && isDuration(b)) {
                        return a.minus(b);
                    }
                    return a - b;`,
    `                    else if (isDateTime(a) && isDateTime(b)) {
                        return host.difference(a, b);
                    }
                    else if (isDateTime(a) && isDuration(b)) {
                        return host.shift(a, b, -1);
                    }
                    else if (isDuration(a) && isDuration(b)) {
                        return host.normal(a.minus(b));
                    }
                    return isDuration(a) || isDateTime(b) ? null : a - b;`],

  ["instance of names a FEEL type, not a JavaScript class",
    `            const a = args[0](context);
            const b = args[3](context);
            return a instanceof b;`,
    `            return host.instanceOf(args[0](context), node.input);`],

  ["every FEEL type may be named after instance of",
    `        case 'SpecialType': throw notImplemented('SpecialType');`,
    `        case 'SpecialType': return node.input;`],

  ["a variable does not hide the function of its name when it is called",
    `        case 'FunctionInvocation': return tag((context) => {
            const target = args[0](context);
            const wrappedFn = wrapFunction(target);`,
    `        case 'FunctionInvocation': return tag((context) => {
            const target = args[0](context);
            const wrappedFn = wrapFunction(target)
                || wrapFunction(getBuiltin(node.input.slice(0, node.input.indexOf('(')).trim(), context));`],

  ["what cannot be ordered gives null, as FEEL says, not a failure",
    `    throw new Error(\`unsupported range: \${start}..\${end}\`);`,
    `    if ([start, end].every(e => e === null || isDateTime(e) && !isType(e, 'time'))) {
        return createDateTimeRange(start, end, startIncluded, endIncluded);
    }
    return nullRange;`],

  ["text is not ordered among numbers",
    `    const map = start !== null && end !== null ? numberMap(start, end, startIncluded, endIncluded) : noopMap();
    const includes = anyIncludes(start, end, startIncluded, endIncluded);`,
    `    const map = start !== null && end !== null ? numberMap(start, end, startIncluded, endIncluded) : noopMap();
    const includes = host.only('number', anyIncludes(start, end, startIncluded, endIncluded));`],

  ["a number is not ordered among texts",
    `    const includes = values ? valuesIncludes(values) : anyIncludes(start, end, startIncluded, endIncluded);`,
    `    const includes = values ? valuesIncludes(values) : host.only('string', anyIncludes(start, end, startIncluded, endIncluded));`],

  ["durations are ordered by months or by milliseconds, never by both",
    `    const toMillis = (d) => d ? Duration.fromDurationLike(d).toMillis() : null;
    const map = noopMap();
    const includes = anyIncludes(toMillis(start), toMillis(end), startIncluded, endIncluded, toMillis);`,
    `    const map = noopMap();
    const size = (d) => d ? host.size(d) : null;
    const among = anyIncludes(size(start), size(end), startIncluded, endIncluded, size);
    const includes = (value) => host.sameKind(value, start, end) ? among(value) : null;`],

  ["dates are ordered as instants in the business zone",
    `function createDateTimeRange(start, end, startIncluded, endIncluded) {
    const map = noopMap();
    const includes = anyIncludes(start, end, startIncluded, endIncluded);`,
    `function createDateTimeRange(start, end, startIncluded, endIncluded) {
    const map = noopMap();
    const among = anyIncludes(host.instant(start), host.instant(end), startIncluded, endIncluded, host.instant);
    const includes = (value) => host.bothTimes(value, start, end) ? among(value) : null;`],

  ["lists find dates, lists and contexts by value",
    `function matches(a, b) {
    return a === b;
}`,
    `function matches(a, b) {
    return equals(a, b) === true;
}`],

  ["not(…) of a test that can't be made is null, not true",
    `                }).some(v => v === true);
                return matches === null ? null : (negate ? !matches : matches);`,
    `                });
                const found = matches.includes(true) || (matches.every(v => v === false) ? false : null);
                return negate && found !== null ? !found : found;`],
  ["a comparison that can't be made does not match null",
    `                return args[0](context) === context['?'];
            }
            return args[0](context);`,
    `                return args[0](context) === context['?'];
            }
            const result = args[0](context);
            return result === null && args[0].type === 'test' ? () => null : result;`],
  ["nothing lies between a bound and a smaller one",
    `            tests = [
                includesStart(end, endIncluded),
                includesEnd(start, startIncluded)
            ];`,
    `            tests = [() => false];`],
  ["a number may have an exponent",
    `node.input.includes('.') ? parseFloat(node.input) : parseInt(node.input), 'number')`,
    `Number(node.input), 'number')`],
  ["a list among unary tests finds dates by value",
    `                        return test.includes(value);
                    }
                    if (typeof test === 'boolean') {`,
    `                        return test.some(one => compareValue(one, value) === true);
                    }
                    if (typeof test === 'boolean') {`],

  ["the median is of numbers, not of their spelling",
    `    const sorted = array.slice().sort();`,
    `    const sorted = array.slice().sort((a, b) => a - b);`],

  ["ranges of dates meet by value",
    `function meetsRange(a, b) {
`,
    `function meetsRange(a, b) {
    [a, b] = [host.comparable(a), host.comparable(b)];
`],
  ["ranges of dates come before by value",
    `function before(a, b) {
`,
    `function before(a, b) {
    [a, b] = [host.comparable(a), host.comparable(b)];
`],
  ["ranges of dates include by value",
    `    if (!(container instanceof Range)) {
        return false;
    }
`,
    `    if (!(container instanceof Range)) {
        return false;
    }
    [container, value] = [host.comparable(container), host.comparable(value)];
`],

  ["only true is true: in a condition",
    `                if (isTruthy(ifCondition(context))) {`,
    `                if (ifCondition(context) === true) {`],
  ["only true is true: for every",
    `contexts.every(ctx => isTruthy(_condition(ctx)))`,
    `contexts.every(ctx => _condition(ctx) === true)`],
  ["only true is true: for some",
    `contexts.some(ctx => isTruthy(_condition(ctx)))`,
    `contexts.some(ctx => _condition(ctx) === true)`],

  ["a filter keeps the items for which it is true, also items that are false or null",
    `                return filterTarget.map(el => {
                    const iterationContext = Object.assign(Object.assign(Object.assign({}, context), { item: el }), el);`,
    `                return filterTarget.filter(el => {
                    const iterationContext = Object.assign(Object.assign(Object.assign({}, context), { item: el }), isContext(el) ? el : {});`],
  ["a filter keeps items, not what was computed of them",
    `                    if (result === true) {
                        return el;
                    }
                    return result;
                }).filter(isTruthy);`,
    `                    return result === true;
                });`],
  ["a filter by a call or a path is asked of each item, if it is no index",
    `                if (!isNumber(idx)) {
                    return [];
                }`,
    `                if (!isNumber(idx)) {
                    return filterTarget.filter(el => filterFn(
                        Object.assign(Object.assign(Object.assign({}, context), { item: el }), isContext(el) ? el : {})) === true);
                }`],
  ["a flag outside of the items does not decide for them",
    `                if (isBoolean(idx)) {
                    if (idx === true) {`,
    `                if (isBoolean(idx) && type === 'boolean') {
                    if (idx === true) {`],

  ["durations and dates have one spelling, here and in results",
    `    if (type === 'duration') {
        return obj.shiftTo('years', 'months', 'days', 'hours', 'minutes', 'seconds').normalize().toISO();
    }`,
    `    if (type === 'duration') {
        return host.durationText(obj);
    }`],

  ["characters outside the basic plane count as one from the end, too",
    `        const _start = (start < 0 ? string.length + start : start - 1);
        const arr = Array.from(string);`,
    `        const arr = Array.from(string);
        const _start = (start < 0 ? arr.length + start : start - 1);`],

  ["an empty text is no number",
    `        const number = +from;
        if (isNaN(number)) {`,
    `        const number = from.trim() === '' ? NaN : +from;
        if (isNaN(number)) {`],
];
