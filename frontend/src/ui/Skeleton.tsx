import { type ReactNode, useEffect, useState } from 'react';
import { useAnnouncement } from './Announcer';

/** What is read sooner than this shows no skeleton: a flash would only be restless. */
export const SKELETON_AFTER = 150;

interface SkeletonProps {
  /** What is being read, for those who hear it. */
  readonly label: string;
  /** The shape of the result, so that nothing jumps when it comes. */
  readonly children: ReactNode;
}

export function Skeleton({ label, children }: SkeletonProps) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SKELETON_AFTER);
    return () => clearTimeout(timer);
  }, []);
  useAnnouncement(isLate ? label : '');
  return isLate ? <div aria-hidden="true">{children}</div> : null;
}

export function Bones({ count, width = '100%' }: { count: number; width?: string }) {
  return Array.from({ length: count }, (_, index) => (
    <span key={index} className="bone" style={{ width }} />
  ));
}

/** As many lines as a list is likely to have. */
export function ListSkeleton({ label, lines = 5 }: { label: string; lines?: number }) {
  return (
    <Skeleton label={label}>
      <div className="panel">
        <BoneRows count={lines} />
      </div>
    </Skeleton>
  );
}

/** Lines within a panel. */
export function BoneRows({ count }: { count: number }) {
  return Array.from({ length: count }, (_, index) => (
    <div key={index} className="bone-row">
      <Bones count={1} width={`${20 + ((index * 7) % 20)}%`} />
      <Bones count={1} width="12%" />
      <Bones count={1} width="16%" />
    </div>
  ));
}
