// What form-js does otherwise in our pages, as exact replacements in its source, like scripts/feel/corrections.mjs.
// A day is a day and a time is Shanghai's, whatever the zone of the browser. Inside of form-js a Date
// carries what the person sees in its local fields.

const OFFSET = "-480 /* Asia/Shanghai, as getTimezoneOffset says it */";

export default [
  ["a form listens once, not once more for every change",
    `    eventBus.on('changed', newState => {
      setState(newState);
    });
    const onChange = useCallback(update => form._update(update), []);`,
    `    useLayoutEffect(() => {
      const show = newState => { setState(newState); };
      eventBus.on('changed', show);
      setState(form._getState());
      return () => eventBus.off('changed', show);
    }, []);
    const onChange = useCallback(update => form._update(update), []);`],
  ["luxon is not needed for days", `import { DateTime } from 'luxon';`, ``],
  ["a time is read in Shanghai", `  const localOffset = new Date().getTimezoneOffset();`, `  const localOffset = ${OFFSET};`],
  ["a day is written as it is shown",
    `  return DateTime.fromJSDate(date).toISODate();`,
    `  return [String(date.getFullYear()).padStart(4, '0'), _getZeroPaddedString(date.getMonth() + 1), _getZeroPaddedString(date.getDate())].join('-');`],
  ["a day is shown as it is written",
    `          date = typeof value === 'string' ? DateTime.fromISO(value).toJSDate() : new Date(NaN);`,
    `          const day = /^(\\d{4})-(\\d\\d)-(\\d\\d)/.exec(value);
          date = day ? new Date(+day[1], day[2] - 1, +day[3]) : new Date(NaN);`],
  ["an instant is shown as Shanghai's clock shows it",
    `          date = new Date(Date.parse(value));
          time = isValidDate(date)`,
    `          const zoned = /(?:Z|[+-]\\d\\d:?\\d\\d)$/.test(value) ? value : value + '+08:00';
          const there = new Date(Date.parse(zoned) + 480 * 60000);
          date = new Date(there.getUTCFullYear(), there.getUTCMonth(), there.getUTCDate(), there.getUTCHours(), there.getUTCMinutes());
          time = isValidDate(date)`],
  ["a normalised instant is counted from Shanghai",
    `    const timezoneOffsetMinutes = workingDate.getTimezoneOffset();`,
    `    const timezoneOffsetMinutes = ${OFFSET};`],
  ["an instant is written with Shanghai's offset",
    `serializeTime(time, workingDate.getTimezoneOffset(), timeSerializingFormat)`,
    `serializeTime(time, ${OFFSET}, timeSerializingFormat)`],
  ["a time is written with Shanghai's offset",
    `serializeTime(time, new Date().getTimezoneOffset(), timeSerializingFormat)`,
    `serializeTime(time, ${OFFSET}, timeSerializingFormat)`],
  ["days gone by are those before today in Shanghai, by the server's clock",
    `minDate: disallowPassedDates ? 'today' : '01/01/1900',`,
    `minDate: disallowPassedDates ? new Date(evaluate('string(today())').value + 'T00:00') : '01/01/1900',`],
];
