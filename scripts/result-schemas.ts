import ts from 'typescript';

/** The subset of JSON Schema that results need. */
export type Schema = Readonly<Record<string, unknown>>;

export interface ResultSchemas {
  /** Maps each member of the API interface to the schema of its result. */
  readonly results: ReadonlyMap<string, Schema>;
  /** Named types that results reference as `#/components/schemas/NAME`. */
  readonly components: Readonly<Record<string, Schema>>;
}

/**
 * Reads the results of methods from the TypeScript types of the code, so that they are not defined twice.
 * @param file declares `typeName`, an object type of functions that return promises
 */
export function resultSchemasOf(file: string, typeName: string): ResultSchemas {
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  });
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`cannot read "${file}"`);
  const checker = program.getTypeChecker();
  const reader = new TypeReader(checker);
  const moduleSymbol = checker.getSymbolAtLocation(source);
  const exported = moduleSymbol === undefined ? [] : checker.getExportsOfModule(moduleSymbol);
  const symbol = exported.find(({ name }) => name === typeName);
  if (symbol === undefined) throw new Error(`"${file}" has no type "${typeName}"`);
  const members = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
  const results = members.map((member) => [member.name, reader.schemaOf(resolvedType(checker, member))] as const);
  return { results: new Map(results), components: reader.components };
}

function resolvedType(checker: ts.TypeChecker, member: ts.Symbol): ts.Type {
  const [signature] = checker.getTypeOfSymbol(member).getCallSignatures();
  const returned = signature?.getReturnType();
  const [resolved] = returned === undefined ? [] : checker.getTypeArguments(returned as ts.TypeReference);
  if (resolved === undefined) throw new Error(`"${member.name}" is not a function that returns a promise`);
  return resolved;
}

class TypeReader {
  readonly components: Record<string, Schema> = {};
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  schemaOf(type: ts.Type): Schema {
    const name = nameOf(type);
    if (name === null) return this.#read(type);
    if (!Object.hasOwn(this.components, name)) {
      // Registered before it is read, because a type may be recursive.
      this.components[name] = {};
      this.components[name] = this.#read(type);
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #read(type: ts.Type): Schema {
    if (type.isUnion()) return this.#union(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (has(type, ts.TypeFlags.BooleanLiteral)) return { const: this.#checker.typeToString(type) === 'true' };
    if (has(type, ts.TypeFlags.String)) return { type: 'string' };
    if (has(type, ts.TypeFlags.Number)) return { type: 'number' };
    if (has(type, ts.TypeFlags.Boolean)) return { type: 'boolean' };
    if (has(type, ts.TypeFlags.Null)) return { type: 'null' };
    if (this.#checker.isTupleType(type) || this.#checker.isArrayType(type)) return this.#list(type as ts.TypeReference);
    return has(type, ts.TypeFlags.Object) || type.isIntersection() ? this.#object(type) : {};
  }

  #list(type: ts.TypeReference): Schema {
    const parts = this.#checker.getTypeArguments(type).map((part) => this.schemaOf(part));
    if (!this.#checker.isTupleType(type)) return { type: 'array', items: parts[0] ?? {} };
    return { type: 'array', prefixItems: parts, minItems: parts.length, maxItems: parts.length };
  }

  #object(type: ts.Type): Schema {
    const index = this.#checker.getIndexTypeOfType(type, ts.IndexKind.String);
    const members = type.getProperties();
    const properties = members.map(
      (member) => [member.name, this.schemaOf(this.#checker.getTypeOfSymbol(member))] as const,
    );
    const required = members.filter((member) => (member.flags & ts.SymbolFlags.Optional) === 0).map(({ name }) => name);
    return {
      type: 'object',
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
      ...(required.length === 0 ? {} : { required }),
      ...(index === undefined ? {} : { additionalProperties: this.schemaOf(index) }),
    };
  }

  #union(types: readonly ts.Type[]): Schema {
    const parts = types.filter((type) => !has(type, ts.TypeFlags.Undefined)).map((type) => this.schemaOf(type));
    const values = parts.flatMap((part) => ('const' in part ? [part['const']] : []));
    const isBoolean = values.includes(true) && values.includes(false);
    const constants = values.filter((value) => !isBoolean || typeof value !== 'boolean');
    const others = [
      ...(isBoolean ? [{ type: 'boolean' }] : []),
      ...(constants.length === 0 ? [] : [{ enum: constants }]),
      ...parts.filter((part) => !('const' in part)),
    ];
    const [only] = others;
    return others.length === 1 && only !== undefined ? only : { anyOf: others };
  }
}

/** Returns the name of an interface or alias of this project; types of libraries are expanded in place. */
function nameOf(type: ts.Type): string | null {
  const symbol = type.aliasSymbol ?? (type.isClassOrInterface() ? type.symbol : undefined);
  const isOurs = symbol?.declarations?.some((part) => !part.getSourceFile().fileName.includes('node_modules')) ?? false;
  const isGeneric = (type.aliasTypeArguments?.length ?? 0) > 0;
  return symbol !== undefined && isOurs && !isGeneric && has(type, ts.TypeFlags.Object) ? symbol.name : null;
}

function has(type: ts.Type, flags: ts.TypeFlags): boolean {
  return (type.flags & flags) !== 0;
}
