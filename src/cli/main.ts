import { parseArgs } from 'node:util';
import { addDrivers } from '../engine/drivers';
import { uncommon } from '../engine/drivers/uncommon';
import { agree } from './agree';
import { audit } from './audit';
import { convertFiles } from './convert';
import { decode } from './decode';
import { explain } from './explain';
import { hover } from './hover';
import { importFiles } from './import';
import { CliError, type Output } from './output';
import { scenario } from './scenario';
import { series } from './series';
import { simulateFile } from './simulate';
import { workload } from './workload';

const USAGE = `usage: bioscope VERB … [--json]

  import FILE…            captures of one machine, any mixture; print the document and a cross-check
  simulate SPEC           run the workload of a *.bioscope.json
  simulate SPEC --trace ftrace|blkparse|json   its block tracepoints, in a form people know
  workload SCRIPT --machine SPEC   the I/Os that a script stands for (docs/workloads.md)
  workload TRACE          what the tasks of a trace did, as a script
  agree DIR… [--left-out FILE]   the simulator against captures of real kernels; ends with 1 if they differ
  scenario [NAME [VARIANT]] several tasks in every order; without a name, the list
  hover FILE:LINE:COL     what the kernel name there means (line and column from 1)
  decode WORD             a 64-bit word as every version of __pfn_t reads it
  decode WORD --machine SPEC   all that a number can be on the machine of a *.bioscope.json
  audit TREE [--format json|csv|sarif|md]   the struct page habits of a kernel tree, by subsystem
  audit TREE --cache FILE [--progress]   the same, reading only what changed since the run that wrote FILE
  convert TREE|FILE --rules series|modern [--diff] [--write]   to the helpers of 2015, or to today's
  series [FILE]           what the series does to each file, by running; of one file, the document that shows it
  explain FILE            the DMA-related messages of a kernel log: meaning, numbers, causes, what to try

--json prints one JSON value. The exit code is 1 for bad input, 2 for a wrong call.`;

interface Options {
  readonly machine?: string;
  readonly trace?: string;
  readonly leftOut?: string;
  readonly format?: string;
  readonly cache?: string;
  readonly progress?: boolean;
  readonly rules?: string;
  readonly diff?: boolean;
  readonly write?: boolean;
}

const VERBS: Readonly<Record<string, (args: string[], options: Options) => Promise<Output>>> = {
  import: importFiles,
  simulate: simulateFile,
  workload,
  agree,
  hover,
  audit,
  convert: convertFiles,
  scenario,
  decode,
  explain,
  series,
};

/** Which verb an option belongs to. */
const OWNERS: Readonly<Record<keyof Options, string>> = {
  machine: 'decode',
  trace: 'simulate',
  leftOut: 'agree',
  format: 'audit',
  cache: 'audit',
  progress: 'audit',
  rules: 'convert',
  diff: 'convert',
  write: 'convert',
};

async function main(): Promise<number> {
  addDrivers(uncommon);
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        machine: { type: 'string' },
        trace: { type: 'string' },
        'left-out': { type: 'string' },
        format: { type: 'string' },
        cache: { type: 'string' },
        progress: { type: 'boolean' },
        rules: { type: 'string' },
        diff: { type: 'boolean' },
        write: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const [verb, ...args] = positionals;
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    const run = verb === undefined ? undefined : VERBS[verb];
    if (!run)
      throw new CliError(
        verb === undefined ? USAGE : `no verb "${verb}"; ${Object.keys(VERBS).join(', ')} exist`,
        2,
      );
    const { json, help: _help, 'left-out': leftOut, ...rest } = values;
    const options = { ...rest, ...(leftOut === undefined ? {} : { leftOut }) };
    for (const name of Object.keys(options)) {
      const owner = OWNERS[name as keyof Options];
      if (owner !== verb)
        throw new CliError(`--${name === 'leftOut' ? 'left-out' : name} goes with ${owner}`, 2);
    }
    const output = await run(args, options);
    for (const warning of output.warnings ?? []) console.error(`bioscope: ${warning}`);
    const text = json ? JSON.stringify(output.json, null, 2) : output.text;
    process.stdout.write(Buffer.from(`${text}\n`, output.bytes && !json ? 'latin1' : 'utf8'));
    return output.code ?? 0;
  } catch (error) {
    if (error instanceof CliError) {
      console.error(`bioscope: ${error.message}`);
      return error.code;
    }
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      console.error(`bioscope: ${error.message}`);
      return 2;
    }
    throw error;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
