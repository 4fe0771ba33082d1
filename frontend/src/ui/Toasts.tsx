import { Button } from '@aws-amplify/ui-react';
import { CircleCheck, CircleX, X } from 'lucide-react';
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useSaidText } from './Announcer';

export const SHOWN_FOR = 6_000;

export interface Toast {
  readonly text: ReactNode;
  /** A refusal stays until somebody closes it. */
  readonly isRefusal?: boolean;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
}

type Shown = Toast & { readonly key: number };

const ToastContext = createContext<(toast: Toast) => void>(() => undefined);

/** Says in a corner what has happened elsewhere than where one looks. */
export const useToast = (): ((toast: Toast) => void) => use(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Shown[]>([]);
  const next = useRef(0);
  const show = useCallback((toast: Toast) => {
    const key = ++next.current;
    setToasts((before) => [...before, { ...toast, key }]);
  }, []);
  const close = useCallback(
    (key: number) => setToasts((before) => before.filter((toast) => toast.key !== key)),
    [],
  );
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="region" aria-label="Notices">
        {toasts.map((toast) => (
          <OneToast key={toast.key} toast={toast} onClose={close} />
        ))}
      </div>
    </ToastContext>
  );
}

function OneToast({ toast, onClose }: { toast: Shown; onClose: (key: number) => void }) {
  const { key, text, action, isRefusal = false } = toast;
  const [isHeld, setHeld] = useState(false);
  const words = useRef<HTMLDivElement>(null);
  // A refusal is an alert: it is said at once, by itself.
  useSaidText(words, !isRefusal);
  useEffect(() => {
    if (isRefusal || isHeld) return undefined;
    const timer = setTimeout(() => onClose(key), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [key, isRefusal, isHeld, onClose]);
  const hold = (): void => setHeld(true);
  const letGo = (): void => setHeld(false);
  return (
    <div
      className="toast"
      role={isRefusal ? 'alert' : undefined}
      onMouseEnter={hold}
      onMouseLeave={letGo}
      onFocus={hold}
      onBlur={letGo}
    >
      {isRefusal ? <CircleX className="t-bad" /> : <CircleCheck className="t-ok" />}
      <div ref={words}>{text}</div>
      {action && (
        <Button
          size="small"
          onClick={() => {
            onClose(key);
            action.onSelect();
          }}
        >
          {action.label}
        </Button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label="Close the notice"
        onClick={() => onClose(key)}
      >
        <X />
      </button>
    </div>
  );
}
