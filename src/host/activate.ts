import * as vscode from 'vscode';
import { withoutDevicePages } from '../engine/memory/device-pages';
import { withFirstWorkload } from '../engine/sample-workload';
import type { Request } from '../protocol/messages';
import { PICTURES, type PictureName } from '../protocol/view-state';
import { AUDIT_COMMANDS, Audits } from './audit';
import { CrossChecks } from './cross-check';
import { decodeAddress } from './decode-address';
import { chooseDma } from './choose-dma';
import { pickComparison } from './compare-with';
import { Documents } from './documents';
import { DmaErrorDocuments } from './explain-dma-error';
import { exportAs } from './export';
import { HelperDocuments } from './helper-documents';
import { importMachine } from './import-machine';
import { KERNEL_CODE_COMMANDS } from './kernel-code/names';
import { LazyKernelCode } from './lazy-kernel-code';
import { MachineEditor } from './machine-editor';
import { addressOf, pfnOf } from './menu-context';
import { losePower } from './lose-power';
import { pickScenario } from './pick-scenario';
import { Samples } from './samples';
import { SeriesDocuments } from './series-documents';
import { SeriesView } from './series-view';
import { Session } from './session';
import { simulateSeriesFile } from './simulate-series';
import { timeCommands } from './time-commands';
import { StatusBar } from './status-bar';
import { Views } from './views';
import type { Answer } from './webview-link';

const NO_CACHE = () =>
  vscode.l10n.t(
    'This machine has no cache: a tier, bcache, dm-cache or dm-writecache. Open a sample that has one.',
  );

/** Puts the rooms together: one session, the views that show it, the commands that change it. */
export function activateBioscope(context: vscode.ExtensionContext): void {
  const started = performance.now();
  const log = vscode.window.createOutputChannel('Bioscope', { log: true });
  const session = new Session(context.workspaceState);
  const samples = new Samples(context.extensionUri, session);
  const documents = new Documents(session);
  const editor = new MachineEditor(context.extensionUri, documents, log);
  const helpers = new HelperDocuments(session);
  const checks = new CrossChecks(session);
  const dmaErrors = new DmaErrorDocuments();
  const series = new SeriesView();
  const seriesPages = new SeriesDocuments();
  const audits = new Audits(context, log);
  const status = new StatusBar(session);

  const gallery = samples
    .readLessons()
    .catch((error: unknown) => log.error(`The gallery could not be read: ${String(error)}`));

  /** What the session shows first: what it showed before the reload, or the first sample. */
  const ready = session
    .restore()
    .then((restored) => (restored ? undefined : samples.openFirst()))
    .catch((error: unknown) => log.error(`Nothing could be opened at the start: ${String(error)}`));

  const importAndShow = async (uris?: readonly vscode.Uri[]) => {
    await ready;
    if (await importMachine(session, checks, uris)) views.openExplorer('memory-map');
  };
  const pickAndShow = async () => {
    if (await samples.pick()) views.openExplorer();
  };
  const loseAndShow = async (at?: unknown) => {
    await ready;
    if (await losePower(session, at)) views.openExplorer('tier');
  };
  const openLesson = async (file?: unknown) => {
    await Promise.all([ready, gallery]);
    if (!(await samples.openLesson(file))) return;
    views.openExplorer();
    await session.moveLesson(0);
  };
  const requests: Record<Request, () => Promise<void>> = {
    openExplorer: async () => {
      await ready;
      views.openExplorer();
    },
    showDevices: async () => {
      await ready;
      views.openExplorer('devices');
    },
    showDma: async () => {
      await ready;
      views.openExplorer('dma');
    },
    chooseDma: async () => {
      await ready;
      if (await chooseDma(session)) views.openExplorer('dma');
    },
    losePower: () => loseAndShow(),
    compareWith: async () => {
      await ready;
      if (await pickComparison(session, samples)) views.openExplorer('compare');
    },
    endComparison: () => session.compareWith(undefined),
    importMachine: () => importAndShow(),
    openSample: pickAndShow,
    saveDocument: () => documents.save(),
    sampleWorkload: async () => {
      const { document } = session;
      if (document) await session.open(withFirstWorkload(document));
    },
    removeDevicePages: async () => {
      const { document } = session;
      if (document) await session.open(withoutDevicePages(document));
    },
  };
  const answer: Answer = {
    request: (request) => requests[request](),
    openLesson,
    showSource: async (name) => {
      await vscode.commands.executeCommand('bioscope.showSource', name);
    },
    async moveLesson(at) {
      await session.moveLesson(at);
      if (at !== undefined) views.showExplorer();
    },
  };
  const views = new Views(context.extensionUri, session, answer, log);

  const showPicture = async (picture: PictureName) => {
    await ready;
    views.openExplorer(PICTURES.find((known) => known === picture));
  };

  const kernelCode = new LazyKernelCode(async () => {
    const { readKernelCode } = await import('./kernel-code');
    return readKernelCode(context, session, log, showPicture);
  });

  const command = (name: string, run: (...args: never[]) => Promise<unknown>) =>
    vscode.commands.registerCommand(`bioscope.${name}`, run);
  context.subscriptions.push(
    log,
    session,
    documents,
    editor.register(),
    helpers,
    checks,
    dmaErrors,
    series,
    seriesPages,
    audits,
    status,
    views,
    views.onDidOpen((open) => status.show(open)),
    kernelCode,
    ...KERNEL_CODE_COMMANDS.map((name) => command(name, (...args) => kernelCode.run(name, args))),
    ...AUDIT_COMMANDS.map((name) => command(name, (...args) => audits.run(name, args))),
    ...Object.entries(timeCommands(session, () => views, ready)).map(([name, run]) => command(name, run)),
    command('openExplorer', requests.openExplorer),
    command('showDevices', requests.showDevices),
    command('showDma', requests.showDma),
    command('showTier', async () => {
      await ready;
      if (session.state.tier) views.openExplorer('tier');
      else await vscode.window.showInformationMessage(NO_CACHE());
    }),
    command('losePower', loseAndShow),
    command('chooseDma', requests.chooseDma),
    command('compareWith', requests.compareWith),
    command('endComparison', requests.endComparison),
    // The explorer's context menu gives the file that was clicked, and all that are selected.
    command('importMachine', (uri?: vscode.Uri, all?: readonly vscode.Uri[]) =>
      importAndShow(all ?? (uri && [uri])),
    ),
    command('crossCheck', async () => {
      await ready;
      await checks.show();
    }),
    command('openSample', pickAndShow),
    command('editMachine', async (uri?: unknown) => {
      await ready;
      await editor.open(session, uri instanceof vscode.Uri ? uri : undefined);
    }),
    command('export', async (wanted?: object) => {
      await ready;
      await exportAs(session, views, wanted);
    }),
    // Links, such as the walkthrough's, name the scenario.
    command('openScenario', openLesson),
    command('nextStep', () => answer.moveLesson(session.lessonAt + 1)),
    command('previousStep', () => answer.moveLesson(Math.max(session.lessonAt - 1, 0))),
    command('saveDocument', requests.saveDocument),
    command('removeDevicePages', requests.removeDevicePages),
    command('sampleWorkload', requests.sampleWorkload),
    command('decodeAddress', async (given?: unknown) => {
      await ready;
      const choice = await decodeAddress(session, addressOf(given));
      if (!choice) return;
      if ('compare' in choice) return helpers.show(BigInt(choice.compare));
      session.select({ page: choice.show });
      views.openExplorer('memory-map');
    }),
    command('showSeries', () => series.focus()),
    command('openSeriesPage', () => seriesPages.showPage()),
    command('filterSeries', () => series.pickFilter()),
    command('openSeriesFile', (of?: unknown) => seriesPages.open(of)),
    command('showSeriesFacts', (of?: unknown) => seriesPages.showFacts(of)),
    command('simulateSeriesFile', async (of?: unknown) => {
      await ready;
      if (await simulateSeriesFile(session, of)) views.openExplorer();
    }),
    command('explainDmaError', (text?: unknown) => dmaErrors.show(text)),
    command('compareHelpers', async (pfn?: unknown) => {
      await ready;
      await helpers.show(pfnOf(pfn));
    }),
    command('copyAddress', async (given?: unknown) => {
      const address = addressOf(given);
      if (address !== undefined) await vscode.env.clipboard.writeText(address);
    }),
    command('openDocument', async (uri?: vscode.Uri) => {
      const target = uri ?? vscode.window.activeTextEditor?.document.uri;
      if (target && (await documents.open(target))) views.openExplorer();
    }),
    command('playStory', async () => {
      const choice = await pickScenario();
      if (!choice) return;
      await ready;
      await session.play(choice);
      views.openExplorer('scenario');
    }),
    command('showPicture', showPicture),
  );
  log.info(`activated in ${(performance.now() - started).toFixed(1)} ms`);
}
