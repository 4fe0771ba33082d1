import type { ReactNode } from 'react';
import { Link, type LinkProps } from 'react-router';

interface LinkButtonProps extends LinkProps {
  readonly variation?: 'primary';
  readonly size?: 'small';
  readonly children: ReactNode;
}

/** A link that looks like Amplify's button: it leads to another page and does nothing else. */
export function LinkButton({ variation, size, className, children, ...link }: LinkButtonProps) {
  const names = [
    'amplify-button',
    'amplify-field-group__control',
    variation && `amplify-button--${variation}`,
    size && `amplify-button--${size}`,
    className,
  ];
  return (
    <Link {...link} className={names.filter(Boolean).join(' ')}>
      {children}
    </Link>
  );
}
