// The address bar holds the whole state: #/sas?from=50&run=2
import { useEffect, useState } from 'preact/hooks';

export interface Place {
  path: string[]; ///< decoded segments
  query: URLSearchParams;
}

export function parse(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

type Values = Record<string, string | number | null | undefined>;

/** The address of a place; empty values are left out. */
export function link(path: string[], values: Values = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

/** The same place with some values changed. */
export function changed(place: Place, values: Values): string {
  return link(place.path, { ...Object.fromEntries(place.query), ...values });
}

export function usePlace(): Place {
  const [place, set] = useState(() => parse(location.hash));
  useEffect(() => {
    const moved = (): void => set(parse(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return place;
}
