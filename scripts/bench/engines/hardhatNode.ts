// A Hardhat node as `hardhat node` starts it, but with the chain id of the workload and rich senders.
import hre from "hardhat";
import * as Workload from "../workload.ts";

const accounts = "0x3635c9adc5dea00000";
const override = { chainId: Number(Workload.CHAIN_ID) };
const server = await hre.network.createServer({ network: "l1", override }, "127.0.0.1", 0);
const { port } = await server.listen();
const url = `http://127.0.0.1:${port}`;
for (const address of Workload.funded) {
  const body = JSON.stringify({
    ...{ jsonrpc: "2.0", id: 1, method: "hardhat_setBalance" },
    params: [address, accounts],
  });
  await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
}
console.log(`ready ${url}`);
