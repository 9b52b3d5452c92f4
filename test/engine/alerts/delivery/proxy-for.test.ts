import { expect, test } from 'vitest';
import { proxyFor } from '../../../../src/engine/alerts/delivery/proxy-for.ts';

const PROXY = { https_proxy: 'http://proxy:3128', HTTP_PROXY: 'proxy:8080' };

test.each<[string, Readonly<Record<string, string>>, string | null]>([
  ['https://h/', {}, null],
  ['https://h/', PROXY, 'http://proxy:3128/'],
  ['http://h/', PROXY, 'http://proxy:8080/'],
  ['https://h/', { http_proxy: 'proxy' }, null],
  ['https://h/', { ALL_PROXY: 'socks5://proxy:1080' }, 'socks5://proxy:1080'],
  ['https://h/', { https_proxy: 'a', HTTPS_PROXY: 'b' }, 'http://a/'],
  ['https://h/', { ...PROXY, no_proxy: '*' }, null],
  ['https://h.example.com/', { ...PROXY, NO_PROXY: 'localhost,example.com' }, null],
  ['https://h.example.com/', { ...PROXY, NO_PROXY: '.example.com' }, null],
  ['https://h.example.com/', { ...PROXY, NO_PROXY: '*.example.com' }, null],
  ['https://badexample.com/', { ...PROXY, NO_PROXY: 'example.com' }, 'http://proxy:3128/'],
  ['https://h/', { ...PROXY, NO_PROXY: 'h:443' }, null],
  ['https://h:444/', { ...PROXY, NO_PROXY: 'h:443' }, 'http://proxy:3128/'],
  ['https://10.1.2.3/', { ...PROXY, NO_PROXY: '10.0.0.0/8' }, null],
  ['https://11.1.2.3/', { ...PROXY, NO_PROXY: '10.0.0.0/8' }, 'http://proxy:3128/'],
  ['https://[::1]/', { ...PROXY, NO_PROXY: '::1' }, null],
  ['https://[fd00::1]:8443/', { ...PROXY, NO_PROXY: 'fd00::/8' }, null],
  ['https://10.1.2.3/', { ...PROXY, NO_PROXY: '2.3, 10.0.0.0/99, /8' }, 'http://proxy:3128/'],
])('%s with %j uses %j', (url, env, proxy) => {
  expect(proxyFor(new URL(url), env)?.href ?? null).toBe(proxy);
});

test.each([
  ['https_proxy', 'http://', 'not the URL of a proxy'],
  ['HTTPS_PROXY', 'http://user:hunter2@pro xy', 'not the URL of a proxy'],
  ['all_proxy', 'ftp://user:hunter2@proxy', 'unknown kind'],
  ['all_proxy', 'socks4://proxy', 'unknown kind'],
])('%s=%s is an error that names the variable and not its value', (name, value, said) => {
  const failing = (): unknown => proxyFor(new URL('https://h/'), { [name]: value });
  expect(failing).toThrow(new RegExp(`${name.toLowerCase()}.*${said}`));
  expect(failing).not.toThrow(/hunter2/);
});
