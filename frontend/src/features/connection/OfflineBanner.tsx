import { CloudOff } from 'lucide-react';
import { useState } from 'react';
import { useReadModels } from '../../rows/useReadModels';
import { useAnnouncement } from '../../ui/Announcer';

/** Says how old the page is while there is no network. Nothing is sent later behind one's back. */
export function OfflineBanner() {
  const { connection } = useReadModels();
  const isOffline = connection === 'offline';
  const [since, setSince] = useState<Date>();
  if (isOffline && !since) setSince(new Date());
  if (!isOffline && since) setSince(undefined);
  const time = since?.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const words = time ? `You are offline. You see what was there at ${time}.` : '';
  useAnnouncement(words);
  if (!words) return null;
  return (
    <p className="banner">
      <CloudOff /> {words}
    </p>
  );
}
