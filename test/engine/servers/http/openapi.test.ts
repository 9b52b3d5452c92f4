import { readFileSync } from 'node:fs';
import SwaggerParser from '@apidevtools/swagger-parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HTTP_ROUTES, routeOf, STREAM_ROUTES } from '../../../../src/protocol/methods/http-routes.ts';
import type { ApiMethod } from '../../../../src/protocol/methods/methods.ts';
import { ApiRoom } from '../../../support/api-room.ts';

let room: ApiRoom;

beforeAll(async () => {
  room = await ApiRoom.open();
  room.fake.putRow('web');
});

afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

interface OperationObject {
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, { schema: object }>> }>>;
}

interface Document {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: object;
}

async function served(): Promise<Document> {
  return JSON.parse((await room.call('/openapi.json')).text) as Document;
}

describe('the OpenAPI document', () => {
  test('is valid according to an independent validator', async () => {
    const api = await SwaggerParser.validate(await served());
    expect(api).toMatchObject({ openapi: '3.1.0', info: { title: 'healer' } });
  });

  test('matches the committed file in docs', async () => {
    const kept = readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8');
    expect(await served()).toEqual(JSON.parse(kept));
  });

  test('names every route', async () => {
    const { paths } = await served();
    for (const method of Object.keys(HTTP_ROUTES) as ApiMethod[]) {
      const { path, verb } = routeOf(method);
      expect(paths[path]?.[verb.toLowerCase()], method).toMatchObject({ operationId: method });
    }
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(Object.values(STREAM_ROUTES)));
  });

  test('matches the responses', async () => {
    const { paths, components } = await served();
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'api', components });
    const schemaOf = (path: string): object =>
      JSON.parse(
        JSON.stringify(paths[path]?.['get']?.responses['200']?.content['application/json']?.schema).replaceAll(
          '"#/',
          '"api#/',
        ),
      );
    for (const path of ['/processes', '/monitor/status']) {
      const validate = ajv.compile(schemaOf(path));
      expect(validate(JSON.parse((await room.call(path)).text)), JSON.stringify(validate.errors)).toBe(true);
    }
  });
});
