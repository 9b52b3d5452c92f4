import { ENGINE_NODE_OPTIONS } from '../../config/instance/engine-arguments.ts';
import { assignmentsIn, type BootFacts, type InstalledFacts, lines, OPEN_FILES, STOP_SECONDS } from './boot-facts.ts';
import { launchWords } from './launch.ts';

/** Returns the label of an instance's job. */
export function jobLabel(instance: string): string {
  return `healer.${instance}`;
}

/**
 * Returns a property list for launchd, see launchd.plist(5). Programs keep running if the engine dies: launchd does not
 * end other processes of its group, and starts the engine again, which adopts them.
 */
export function launchdPlist(facts: BootFacts, mark: string): string {
  const { scope, instance, launch, workingDirectory, environment, engineLog, userName } = facts;
  const words = launchWords(launch, ENGINE_NODE_OPTIONS, ['up', '--foreground', '--instance', instance]);
  return lines(
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${mark.replace(/^# /, '')} -->`,
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...text('Label', jobLabel(instance)),
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...words.map((word) => `    ${element(word)}`),
    '  </array>',
    ...text('WorkingDirectory', workingDirectory),
    ...(scope === 'system' ? text('UserName', userName) : []),
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    ...Object.entries(environment).map(([name, value]) => `    <key>${escape(name)}</key>${element(value)}`),
    '  </dict>',
    ...text('StandardOutPath', engineLog),
    ...text('StandardErrorPath', engineLog),
    '  <key>RunAtLoad</key>',
    '  <true/>',
    '  <key>KeepAlive</key>',
    '  <dict><key>SuccessfulExit</key><false/></dict>',
    '  <key>AbandonProcessGroup</key>',
    '  <true/>',
    '  <key>ExitTimeOut</key>',
    `  <integer>${STOP_SECONDS}</integer>`,
    '  <key>SoftResourceLimits</key>',
    `  <dict><key>NumberOfFiles</key><integer>${OPEN_FILES}</integer></dict>`,
    '</dict>',
    '</plist>',
  );
}

function text(key: string, value: string): readonly string[] {
  return [`  <key>${key}</key>`, `  ${element(value)}`];
}

function element(value: string): string {
  return `<string>${escape(value)}</string>`;
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescape(value: string): string {
  return value.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

/** Reads what a property list that healer wrote says. */
export function readPlist(plist: string): InstalledFacts {
  const valueOf = (key: string): string | null => {
    const value = new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(plist)?.[1];
    return value === undefined ? null : unescape(value);
  };
  const variables = /<key>EnvironmentVariables<\/key>\s*<dict>([\s\S]*?)<\/dict>/.exec(plist)?.[1] ?? '';
  return {
    environment: assignmentsIn(variables, /<key>([^<]*)<\/key><string>([^<]*)<\/string>/g, unescape),
    workingDirectory: valueOf('WorkingDirectory'),
    userName: valueOf('UserName'),
  };
}
