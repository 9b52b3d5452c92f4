import { alternatives, type FieldSchema } from '../../config/reading/field-schema.ts';
import { programFieldSchema } from '../../config/reading/program-issues.ts';

/** A field of a definition by its path, such as `health.timeoutMs`. */
interface FieldName {
  readonly path: string;
  readonly meaning: string;
}

/** Returns the fields of a definition that can be set by their paths, those of maps with free names left out. */
export function definitionFieldNames(): readonly FieldName[] {
  return [...new Map(fieldsIn(programFieldSchema(), '').map((field) => [field.path, field])).values()];
}

function fieldsIn(schema: FieldSchema, prefix: string): readonly FieldName[] {
  return alternatives(schema).flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([name, field]) => {
      const path = `${prefix}${name}`;
      return [{ path, meaning: field.description ?? '' }, ...fieldsIn(field, `${path}.`)];
    }),
  );
}
