import { CloudOff } from 'lucide-react';
import { useState } from 'react';
import { useReadModels } from '../../rows/useReadModels';

/** Says how old the page is while there is no network. Nothing is sent later behind one's back. */
export function OfflineBanner() {
  const { connection } = useReadModels();
  const isOffline = connection === 'offline';
  const [since, setSince] = useState<Date>();
  if (isOffline && !since) setSince(new Date());
  if (!isOffline && since) setSince(undefined);
  if (!since) return null;
  const time = since.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <p className="banner" role="status">
      <CloudOff /> You are offline. You see what was there at {time}.
    </p>
  );
}
