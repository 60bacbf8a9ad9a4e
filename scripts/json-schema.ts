import { toJsonSchema } from '@valibot/to-json-schema';
import { DocumentSchema } from '../src/model/machine-spec';

/** The JSON schema of `*.bioscope.json`, made from the schema that reads it, so that the two cannot drift. */
export function bioscopeJsonSchema(): object {
  return {
    ...toJsonSchema(DocumentSchema, { errorMode: 'ignore' }),
    title: 'Bioscope machine and workload',
  };
}
