import { expect, test } from 'vitest';
import { detectImportKind } from '../../../src/config/import/import-kind.ts';

/** A file of each format that cannot be imported: its name, its content, and what healer calls it. */
const FOREIGN: readonly (readonly [file: string, content: string, name: RegExp])[] = [
  ['web.socket', '[Socket]\nListenStream=80\n', /a systemd unit/],
  ['pod.yaml', 'apiVersion: v1\nkind: Pod\nspec: {}\n', /a Kubernetes manifest/],
  ['Chart.yaml', 'name: web\n', /a Helm chart/],
  ['web.nomad', 'job "web" {\n}\n', /a job of Nomad/],
  ['web.hcl', 'job "web" {\n  group "a" {}\n}\n', /a job of Nomad/],
  ['layer.yaml', 'services:\n  web:\n    override: replace\n    command: web\n', /a layer of Pebble/],
  ['render.yaml', 'services:\n  - type: web\n', /a blueprint of Render/],
  ['fly.toml', '[processes]\n', /Fly\.io/],
  ['railway.json', '{}', /Railway/],
  ['app.json', '{"name": "x", "formation": {"web": {}}}', /Heroku/],
  ['skaffold.yaml', 'build: {}\n', /Skaffold/],
  ['Tiltfile', 'docker_build("x", ".")\n', /Tilt/],
  ['mprocs.lua', 'x = 1\n', /mprocs in Lua/],
  ['web.god', 'God.watch do |w|\nend\n', /a god configuration/],
  ['config.rb', 'God.watch do |w|\nend\n', /a god configuration/],
  ['web.eye', 'Eye.application "web" do\nend\n', /an eye configuration/],
  ['web.pill', 'Bluepill.application("web") do\nend\n', /a bluepill configuration/],
  ['uwsgi.ini', '[uwsgi]\n', /uWSGI/],
  ['pitchfork.toml', '[daemons.web]\n', /pitchfork/],
  ['nodemon.json', '{}', /nodemon/],
  ['package.json', '{"scripts": {"start": "node ."}}', /package\.json/],
  ['com.example.web.plist', '<?xml version="1.0"?>\n<plist version="1.0"></plist>', /launchd/],
  ['run', '#!/bin/sh\nexec web\n', /run script of runit, s6 or daemontools/],
  ['type', 'longrun\n', /s6-rc/],
  ['web.conf', 'start on runlevel [2345]\nrespawn\nexec web\n', /an Upstart job/],
  ['web', '#!/sbin/openrc-run\ncommand=/usr/bin/web\n', /a script of OpenRC/],
  ['web', '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: web\n### END INIT INFO\n', /a script of System V init/],
  ['web', 'type = process\ncommand = /usr/bin/web\n', /a service of dinit/],
  ['web.xml', '<service><id>web</id><executable>web.exe</executable></service>', /WinSW/],
  ['Dockerfile', 'FROM node\n', /a Dockerfile/],
  ['.env', 'A=1\n', /an env file/],
  ['crontab', '0 3 * * * job\n', /a crontab/],
  ['Makefile', 'web:\n\tnode web.js\n', /a list of tasks/],
  ['Taskfile.yml', 'tasks: {}\n', /a list of tasks/],
  ['justfile', 'web:\n  node web.js\n', /a list of tasks/],
  ['healer.yaml', 'processes: {}\n', /a file of healer/],
];

test.each(FOREIGN)('%s with %j is named, with the next step', (file, content, name) => {
  const found = detectImportKind(file, content);
  expect(found).toMatchObject({ kind: null, name: expect.stringMatching(name) as unknown });
  expect((found as { advice: string }).advice).toMatch(/healer (?:add|up)|import|healer\.yaml|envFile|does not run/);
});

test.each([
  ['procfile.rb', 'class Procfile\nend\n', null],
  ['monitrc.old', 'set daemon 30\n', 'monit'],
  ['Procfile.dev', 'web: npm start\n', 'procfile'],
  ['app.json', '{"apps": [{"script": "a.js"}]}', 'pm2'],
  ['docker-compose.yml', 'services:\n  web:\n    image: x\n', 'docker-compose'],
])('%s with %j is of the kind %j', (file, content, kind) => {
  expect(detectImportKind(file, content)).toBe(kind);
});
