import type { ReactNode } from 'react';

/** Drawn on a 20 × 20 grid in the colour of the text; the words beside them carry the meaning. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);

export const EditIcon = () => (
  <Icon>
    <path d="M12.5 4.5 15.5 7.5 7 16H4v-3zM11 6l3 3" />
  </Icon>
);

export const ArchiveIcon = () => (
  <Icon>
    <path d="M3 4h14v4H3zM4.5 8v8h11V8M8 11h4" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon>
    <path d="m8 5 5 5-5 5" />
  </Icon>
);

export const LayersIcon = () => (
  <Icon>
    <path d="m10 3 7 4-7 4-7-4zM3 10.5l7 4 7-4M3 14l7 4 7-4" transform="translate(0 -.8)" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 6v4l2.5 2" />
  </Icon>
);

export const ApiIcon = () => (
  <Icon>
    <path d="m7 6-4 4 4 4M13 6l4 4-4 4M11.2 4.5 8.8 15.5" />
  </Icon>
);

export const FrontendIcon = () => (
  <Icon>
    <path d="M3 4h14v12H3zM3 8h14M5.5 6h.01M7.5 6h.01" />
  </Icon>
);

export const WorkerIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="2.6" />
    <path d="M10 2.8v2M10 15.2v2M2.8 10h2M15.2 10h2M4.9 4.9l1.4 1.4M13.7 13.7l1.4 1.4M15.1 4.9l-1.4 1.4M6.3 13.7l-1.4 1.4" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="7" y="7" width="9" height="9" rx="1.5" />
    <path d="M13 4H5.5A1.5 1.5 0 0 0 4 5.5V13" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.5 3.5 7.5-8" />
  </Icon>
);

export const RestoreIcon = () => (
  <Icon>
    <path d="M4 10a6 6 0 1 0 2-4.5L4 7.5M4 3.5v4h4" />
  </Icon>
);

export const TrashIcon = () => (
  <Icon>
    <path d="M4 6h12M8 6V4h4v2M6 6l.6 10h6.8L14 6" />
  </Icon>
);
