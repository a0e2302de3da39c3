import { runSimulatorCli, SimulatorUsageError } from '../simulator/simulator-cli.js';
import { UsageError, type Command } from './command.js';
import { untilSignal } from './end-at-once.js';

export const simulatorCommand: Command = {
  name: 'simulator',
  usage: '[--port <n>] [--host <address>] [--state-file <file>] [--seed demo|empty|kinds|products] ...',
  summary: 'Run the TikTok Shop simulator alone until Ctrl-C. See simulator --help.',
  async run(args) {
    const simulator = await runSimulatorCli(args).catch((error: unknown) => {
      throw error instanceof SimulatorUsageError ? new UsageError(error.message) : error;
    });
    if (!simulator) return 0;
    await untilSignal();
    await simulator.close();
    return 0;
  },
};
