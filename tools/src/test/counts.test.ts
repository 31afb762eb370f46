import { expect, test } from 'vitest';
import { countsOf, formatCounts } from './counts.js';

const report = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, numTodoTests: 0, testResults: [] };

test('the closing line has the three numbers alone', () => {
  expect(formatCounts(countsOf(report))).toBe('3 passed, 1 failed, 2 skipped');
});

test('a file that breaks before its first test is a failure', () => {
  const broken = { ...report, testResults: [{ status: 'failed', assertionResults: [] }] };
  expect(countsOf(broken).failed).toBe(2);
});

test('a file whose tests pass and whose clean-up fails is a failure; one with a failed test is counted by that', () => {
  const file = (...tests: string[]) => ({ status: 'failed', assertionResults: tests.map((status) => ({ status })) });
  expect(countsOf({ ...report, testResults: [file('passed')] }).failed).toBe(2);
  expect(countsOf({ ...report, testResults: [file('passed', 'failed')] }).failed).toBe(1);
});
