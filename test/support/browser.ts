export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Where the browser stands after redirects. */
  url: string;
}

/** A browser without scripts: keeps cookies per host, follows redirects, fills forms with the token of the page. */
export interface Browser {
  cookies: Map<string, string>;
  get(path: string): Promise<Answer>;
  /** One request, without following a redirect. */
  request(path: string, init?: RequestInit): Promise<Answer>;
  /** Posts a form with the token of the page that was seen last, then follows redirects. */
  post(path: string, fields?: Record<string, string>): Promise<Answer>;
  logIn(who: { login: string; password: string }): Promise<Answer>;
}

/** `origin` is ours: only it is sent our cookies. */
export function createBrowser(origin: string): Browser {
  const cookies = new Map<string, string>();
  let csrf = '';

  async function request(path: string, init: RequestInit = {}): Promise<Answer> {
    const target = new URL(path, origin);
    const own = target.origin === origin;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (own && cookie) headers.set('cookie', cookie);
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    if (own) keepCookies(cookies, response.headers.getSetCookie());
    const text = await response.text();
    csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? csrf;
    return { status: response.status, headers: response.headers, text, url: target.href };
  }

  async function follow(answer: Answer): Promise<Answer> {
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || !location) return answer;
    return follow(await request(new URL(location, answer.url).href));
  }

  const browser: Browser = {
    cookies,
    request,
    get: async (path) => follow(await request(path)),
    post: async (path, fields = {}) =>
      follow(await request(path, { method: 'POST', body: new URLSearchParams({ _csrf: csrf, ...fields }) })),
    async logIn(who) {
      await browser.get('/login');
      return browser.post('/login', who);
    },
  };
  return browser;
}

function keepCookies(cookies: Map<string, string>, lines: string[]): void {
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const ended = /expires=Thu, 01 Jan 1970/i.test(line) || /max-age=0/i.test(line);
    if (ended) cookies.delete(name);
    else cookies.set(name, value);
  }
}
