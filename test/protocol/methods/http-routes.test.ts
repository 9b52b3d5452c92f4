import { expect, test } from 'vitest';
import { HTTP_ROUTES, routeOf, STREAM_ROUTES } from '../../../src/protocol/methods/http-routes.ts';
import { type ApiMethod, METHODS } from '../../../src/protocol/methods/methods.ts';
import { PERMISSIONS } from '../../../src/protocol/permissions.ts';

const API_METHODS = Object.keys(HTTP_ROUTES) as ApiMethod[];

function fieldsOf(method: ApiMethod): string[] {
  return Object.keys(METHODS[method].params.shape);
}

test.each(API_METHODS)('%s has a route whose parameters exist', (method) => {
  const { path, body, localOnly = [] } = routeOf(method);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const named = [...inPath, ...localOnly, ...(body === undefined ? [] : [body])];
  expect(fieldsOf(method)).toEqual(expect.arrayContaining(named));
});

test.each(API_METHODS)('%s names only permissions that exist, and only if it changes something', (method) => {
  const { needs = [] } = routeOf(method);
  expect(needs.filter((permission) => !(permission in PERMISSIONS))).toEqual([]);
  if (METHODS[method].access === 'read') expect(needs).toEqual([]);
});

test.each(API_METHODS)('%s uses GET exactly if it only reads', (method) => {
  expect(routeOf(method).verb === 'GET').toBe(METHODS[method].access === 'read');
});

test('no two methods share a verb and a path', () => {
  const keys = API_METHODS.map((method) => `${routeOf(method).verb} ${routeOf(method).path.replace(/\{\w+\}/g, '{}')}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a stream shares its path only with the log', () => {
  const paths = API_METHODS.map((method) => routeOf(method)).filter(({ verb }) => verb === 'GET');
  const shared = Object.entries(STREAM_ROUTES).filter(([, path]) => paths.some((route) => route.path === path));
  expect(shared.map(([name]) => name)).toEqual(['log']);
});
