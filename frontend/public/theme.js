// Before the first paint, so that nobody who has chosen dark sees a white page first.
try {
  const theme = localStorage.getItem('skafu-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the page follows the system.
}
