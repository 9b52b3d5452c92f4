import wabt from 'wabt';

const WIDTH = 100;

/**
 * Returns a module with compiled WebAssembly as `WASM_BASE64`.
 * @throws Error if the text is not WebAssembly
 */
export async function wasmModule(source: string, text: string): Promise<string> {
  const tools = await wabt();
  const parsed = tools.parseWat(source, text, { simd: true });
  const base64 = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  parsed.destroy();
  const lines = base64.match(new RegExp(`.{1,${String(WIDTH)}}`, 'g')) ?? [];
  return `/** Compiled from ${source}. Written by "npm run generate". */
export const WASM_BASE64 = \`
${lines.join('\n')}\`;
`;
}
