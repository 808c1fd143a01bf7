// Dark or light: as the system says, or as chosen.
import { useEffect, useState } from 'preact/hooks';

export type Theme = 'system' | 'light' | 'dark';
const kKey = 'lacuna-theme';
const kChanged = 'lacuna-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export function chosenTheme(): Theme {
  const value = localStorage.getItem(kKey);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(kKey);
  else localStorage.setItem(kKey, theme);
  document.documentElement.dataset['theme'] = theme;
  dispatchEvent(new CustomEvent(kChanged));
}

/** Changes whenever colours do, for what is painted by hand. */
export function useThemeCount(): number {
  const [n, set] = useState(0);
  useEffect(() => {
    const changed = (): void => set((old) => old + 1);
    addEventListener(kChanged, changed);
    dark.addEventListener('change', changed);
    return () => {
      removeEventListener(kChanged, changed);
      dark.removeEventListener('change', changed);
    };
  }, []);
  return n;
}

export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
