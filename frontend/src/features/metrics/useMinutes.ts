import { useEffect, useState, useSyncExternalStore } from 'react';
import { clock } from '../../api/serverClock';
import { present } from '../../rows/rows';
import { unreadableOf } from '../../rows/unreadable';
import { useRead } from '../../rows/useRead';
import { useRows } from '../../rows/useReadModels';
import { useWatch } from '../../rows/useWatch';
import { minutesUntil, perMinute } from './minutes';

const TICK = 10_000; // ms

/** The last minutes that are over, as their rows are by now. */
export function useMinutes() {
  useWatch('Metric');
  const minutes = minutesUntil(useNow());
  const query = useRead(['metrics'], async (api, store) => {
    const rows = await api.metricsSince(minutes[0] ?? '');
    store.seen('Metric', rows);
    return { unreadable: unreadableOf(rows).length };
  });
  return { minutes: perMinute(present(useRows('Metric')), minutes), query };
}

/** The time by the server's clock, looked at every few seconds. */
function useNow(): number {
  const ahead = useSyncExternalStore(clock.subscribe, clock.ahead);
  const [computer, setComputer] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setComputer(Date.now()), TICK);
    return () => clearInterval(timer);
  }, []);
  return computer - ahead;
}
