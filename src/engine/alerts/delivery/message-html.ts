import type { AlertMessage } from '../../../protocol/alert.ts';
import { type MessageParts, partsOf } from './message-text.ts';

/** Colors that are readable on a light background, and on a dark one if the mail client inverts them. */
const ACCENT: Readonly<Record<string, string>> = {
  crash: '#b42318',
  violation: '#b54708',
  anomaly: '#b54708',
  cooldown: '#b54708',
  health: '#b42318',
  'restart-failed': '#b42318',
  zombies: '#6941c6',
  'engine-recovered': '#067647',
  recovered: '#067647',
  digest: '#b42318',
};

const BOX = 'background:#f4f4f5;border-radius:4px;padding:10px 12px;overflow-x:auto';
const MONO = 'font:13px/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;word-break:break-word;margin:0';

/** Returns the HTML body of a mail. It uses only tables and inline styles, which all mail clients render alike. */
export function renderHtml(message: AlertMessage): string {
  const parts = partsOf(message);
  const accent = ACCENT[message.form === 'alert' ? message.alert.kind : 'digest'] ?? '#333333';
  const body = [
    `<h1 style="font-size:20px;margin:0 0 8px;color:${accent}">${escape(parts.title)}</h1>`,
    `<p style="margin:0 0 16px">${escape(parts.summary)}</p>`,
    factsTable(parts),
    listSection('What healer did', parts.done),
    parts.next === null ? '' : `${heading('What happens next')}<p style="margin:0">${escape(parts.next)}</p>`,
    ...parts.notes.map((note) => `<p style="margin:16px 0 0;color:#52525b">${escape(note)}</p>`),
    listSection('Alerts', parts.entries),
    codeSection('Last output', parts.lines),
    codeSection('To investigate', parts.commands),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(parts.title)}</title></head>
<body style="margin:0;padding:16px;background:#ffffff;color:#18181b;font:15px/1.5 system-ui,sans-serif">
<div style="max-width:640px;border-left:4px solid ${accent};padding:4px 0 4px 16px">
${body.filter((part) => part !== '').join('\n')}
</div></body></html>
`;
}

function heading(title: string): string {
  return `<h2 style="font-size:15px;margin:20px 0 6px">${title}</h2>`;
}

function factsTable({ facts }: MessageParts): string {
  const cell = 'padding:2px 16px 2px 0;vertical-align:top';
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td style="${cell};color:#52525b;white-space:nowrap">${escape(label)}</td><td style="${cell}">${escape(value)}</td></tr>`,
  );
  return `<table style="border-collapse:collapse">${rows.join('')}</table>`;
}

function listSection(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const rows = items.map((item) => `<li>${escape(item)}</li>`);
  return `${heading(title)}<ul style="margin:0;padding-left:20px">${rows.join('\n')}</ul>`;
}

function codeSection(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `${heading(title)}<div style="${BOX}"><pre style="${MONO}">${lines.map(escape).join('\n')}</pre></div>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
