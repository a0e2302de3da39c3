import { readWorkbook } from './read-workbook.js';

/** Reads the workbook that its argument names, and prints what came of it and by how much the process grew. */
const before = process.resourceUsage().maxRSS;
const outcome = await readWorkbook(process.argv[2] ?? '');
const extraMb = Math.round((process.resourceUsage().maxRSS - before) / 1024);
console.log(JSON.stringify({ ...outcome, extraMb }));
