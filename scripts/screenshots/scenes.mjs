const KEYS = { enter: '\r', tab: '\t', escape: '\x1b', down: '\x1b[B', up: '\x1b[A' };

/** The screenshots: the keys to press, with patterns that the screen must show before the next key, and at the end. */
export const SCENES = [
  {
    name: 'processes',
    columns: 120,
    rows: 32,
    scheme: 'dark',
    keys: ['oc', 'g', KEYS.down],
    shows: /Log of/,
  },
  {
    name: 'program',
    columns: 120,
    rows: 40,
    scheme: 'dark',
    keys: [
      '/web',
      KEYS.enter,
      'l',
      /Command {3}node[^]*peak[^]*Log following[^]*:\d\d/,
      '/',
      'payments',
      KEYS.enter,
      'f',
    ],
    shows: /GET/,
  },
  {
    name: 'cooldown',
    columns: 100,
    rows: 20,
    scheme: 'dark',
    keys: ['4', /Last 60 s/],
    shows: /cooldown \d+s/,
  },
  {
    name: 'events',
    columns: 100,
    rows: 24,
    scheme: 'light',
    keys: ['5', /following/, '/process:importer', KEYS.enter],
    shows: /cooldown-started/,
  },
  {
    name: 'edit',
    columns: 100,
    rows: 20,
    scheme: 'dark',
    keys: ['/web', KEYS.enter, 'e', /Edit web/, KEYS.tab, KEYS.tab, '\x150', KEYS.enter],
    shows: /it has to be above 0/,
  },
  {
    name: 'command',
    columns: 100,
    rows: 20,
    scheme: 'light',
    keys: [':re'],
    shows: /restart programs/,
  },
];
