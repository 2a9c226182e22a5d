// A child process in a group of its own, so that an interrupt reaches it exactly once and nothing outlives it.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const forwardedSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program to its end and answers its exit code, or 128 plus the number of the signal that ended it. Once
 * interrupted it has `graceMilliseconds` to end by itself.
 */
export function runChild(command, values, graceMilliseconds, options) {
  return new Promise((resolve) => {
    const child = spawn(command, values, {
      ...options,
      detached: true,
      stdio: ["ignore", "inherit", "inherit"],
    });
    let interrupted = false;
    let lastResort;
    const forward = (signal) => {
      // npm passes on an interrupt that the terminal has already sent to everyone: the second one is the same one.
      if (interrupted) return;
      interrupted = true;
      signalGroup(child, signal);
      lastResort = setTimeout(() => signalGroup(child, "SIGKILL"), graceMilliseconds);
    };
    for (const signal of forwardedSignals) process.on(signal, forward);

    const finish = (status) => {
      clearTimeout(lastResort);
      for (const signal of forwardedSignals) process.off(signal, forward);
      signalGroup(child, "SIGKILL");
      resolve(status);
    };
    child.once("error", (error) => {
      console.error(`cannot run ${command}: ${error.message}`);
      finish(1);
    });
    child.once("exit", (code, signal) => finish(code ?? 128 + constants.signals[signal]));
  });
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // The group is already empty: the usual end.
    if (error.code !== "ESRCH") throw error;
  }
}
