const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A share in percent; what is not all is never rounded up to 100. */
export function percent(share: number): string {
  const shown = number.format(share * 100);
  return `${share < 1 && shown === '100' ? '99.9' : shown} %`;
}
