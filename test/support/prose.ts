import ts from 'typescript';

/** A comment, a message or a paragraph, and the line on which it starts. */
export interface Passage {
  readonly line: number;
  readonly text: string;
}

/** A literal without spaces is a name: of a method, a field, a file. */
const NAME = /^\S*$/;

/** Returns the comments and the texts of messages in a source file, in no particular order. */
export function proseOfSource(source: string, path: string): readonly Passage[] {
  return proseOf(source, path, () => true);
}

/** Returns the comments of a test, the names of its tests, and what it waits for. Its other texts are data. */
export function proseOfTest(source: string, path: string): readonly Passage[] {
  return proseOf(source, path, isNameOfTest);
}

function isNameOfTest(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isCallExpression(parent) || parent.expression === node) return false;
  return /^(test|describe|waitFor)\b/.test(parent.expression.getText());
}

function proseOf(source: string, path: string, isRead: (node: ts.Node) => boolean): readonly Passage[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const found: Passage[] = [];
  const add = (position: number, text: string): void => {
    const line = file.getLineAndCharacterOfPosition(position).line + 1;
    found.push({ line, text: text.replaceAll(/`[^`]*`/g, '').replaceAll(/\s+/g, ' ') });
  };
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== null && isRead(node)) add(node.getStart(file), text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const { pos, text } of commentsOf(file)) add(pos, text);
  return found;
}

function textOf(node: ts.Node): string | null {
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…');
  }
  if (ts.isJsxText(node)) return node.text;
  const isText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
  return isText && !NAME.test(node.text) ? node.text : null;
}

interface Comment {
  readonly pos: number;
  readonly text: string;
}

/** Comments that follow each other line by line count as one, since a sentence may span several lines. */
function commentsOf(file: ts.SourceFile): readonly Comment[] {
  const ranges = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.JsxText) return;
    for (const range of ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []) ranges.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(file.text, node.getEnd()) ?? []) ranges.set(range.pos, range);
    for (const child of node.getChildren(file)) visit(child);
  };
  visit(file);
  const joined: { pos: number; end: number; text: string }[] = [];
  for (const { pos, end } of [...ranges.values()].sort((one, other) => one.pos - other.pos)) {
    const text = file.text.slice(pos, end).replaceAll(/^\s*(?:\/\*+|\*+\/|\*|\/\/)|\*\/$/gm, '');
    const last = joined.at(-1);
    if (last !== undefined && file.text.slice(last.end, pos).trim() === '') {
      last.text += ` ${text}`;
      last.end = end;
    } else joined.push({ pos, end, text });
  }
  return joined;
}

/** Returns the paragraphs of a Markdown document without inline code and without the addresses of links. */
export function proseOfMarkdown(document: string): readonly Passage[] {
  const found: { line: number; text: string }[] = [];
  let isNew = true;
  for (const [index, raw] of document.split('\n').entries()) {
    const text = raw.replaceAll(/`[^`]*`/g, '').replaceAll(/\]\([^)]*\)/g, ']');
    const last = found.at(-1);
    if (raw.trim() === '') isNew = true;
    else if (isNew || last === undefined || raw.startsWith('|')) {
      found.push({ line: index + 1, text });
      isNew = false;
    } else last.text += ` ${text}`;
  }
  return found;
}
