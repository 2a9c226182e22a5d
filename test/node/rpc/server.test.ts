import { expect } from "chai";
import { WebSocket } from "ws";
import { connect, type Socket } from "node:net";
import {
  MAX_BATCH_ANSWER_BYTES,
  MAX_BATCH_MS,
  MAX_BATCH_REQUESTS,
  type Dispatch,
} from "../../../src/node/rpc/dispatch.ts";
import * as Rpc from "../../../src/node/rpc/rpcError.ts";
import {
  MAX_HELD_BYTES,
  MAX_REQUEST_BYTES,
  MAX_SOCKETS,
  PortInUseError,
  UnusablePortError,
  serve,
  type RpcServer,
} from "../../../src/node/rpc/server.ts";

const internalErrors: unknown[] = [];

let knock: () => void = () => undefined;

/** How many busy answers no timer has come between, and how many at most. */
const inARow = { now: 0, most: 0, all: 0 };

const dispatcher: Dispatch = {
  methods: {
    wait: () => new Promise((resolve) => (knock = () => resolve("opened"))),
    knock: () => knock(),
    echo: (params) => params,
    nothing: () => undefined,
    large: () => "x".repeat(MAX_BATCH_ANSWER_BYTES / 5),
    busy: ([milliseconds]) => {
      inARow.now += 1;
      inARow.all += 1;
      inARow.most = Math.max(inARow.most, inARow.now);
      const until = performance.now() + Number(milliseconds);
      while (performance.now() < until);
    },
    refuse: () => {
      throw new Rpc.InvalidInputError("nonce too low");
    },
    revert: () => {
      throw new Rpc.ExecutionRevertedError("no", "0x1234");
    },
    broken: () => {
      throw new TypeError("a secret of the implementation");
    },
  },
  onInternalError: (_method, error) => internalErrors.push(error),
};

async function post(server: RpcServer, body: string) {
  const response = await fetch(server.url, { method: "POST", body });
  const text = await response.text();
  return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
}

const request = (method: string, params?: unknown) =>
  JSON.stringify({ jsonrpc: "2.0", id: 7, method, params });

/** A connection that has become a WebSocket, without a client that spends seconds on masking what it sends. */
async function upgraded({ port, hostname }: URL): Promise<Socket> {
  const socket = connect(Number(port), hostname);
  const key = Buffer.alloc(16).toString("base64");
  const names = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  const lines = ["GET / HTTP/1.1", `Host: ${hostname}`, ...names, `Sec-WebSocket-Key: ${key}`];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

/** The header of a text message of one frame, masked by zeros (RFC 6455, 5.2). */
function headerOf(bytes: number): Buffer {
  const header = Buffer.alloc(14);
  header.set([0x81, 0x80 | 127]);
  header.writeBigUInt64BE(BigInt(bytes), 2);
  return header;
}

describe("node/rpc/server", () => {
  let server: RpcServer;
  const listen = { host: "127.0.0.1", port: 0, onDisconnect: () => undefined };
  before(async () => {
    server = await serve(dispatcher, listen);
  });
  after(() => server.close());

  describe("HTTP", () => {
    it("answers a request with its id", async () => {
      const { json } = await post(server, request("echo", [1, "a"]));
      expect(json).to.deep.equal({ jsonrpc: "2.0", id: 7, result: [1, "a"] });
    });

    it("answers undefined as null", async () => {
      expect((await post(server, request("nothing"))).json.result).to.equal(null);
    });

    it("answers a batch in order and leaves notifications out", async () => {
      const batch = [
        { jsonrpc: "2.0", id: "a", method: "echo", params: [1] },
        { jsonrpc: "2.0", method: "echo", params: [2] },
        { jsonrpc: "2.0", id: "c", method: "missing" },
      ];
      const { json } = await post(server, JSON.stringify(batch));
      expect(json.map((answer: { id: string }) => answer.id)).to.deep.equal(["a", "c"]);
      expect(json[1].error.code).to.equal(-32601);
    });

    it("begins the requests of a batch in order, without waiting for the answers before", async () => {
      const batch = ["wait", "knock"].map((method, id) => ({ jsonrpc: "2.0", id, method }));
      const { json } = await post(server, JSON.stringify(batch));
      const results = json.map((answer: { result: unknown }) => answer.result);
      expect(results).to.deep.equal(["opened", null]);
    });

    it("answers nothing to a notification", async () => {
      const { status, json } = await post(server, JSON.stringify({ method: "echo" }));
      expect([status, json]).to.deep.equal([204, undefined]);
    });

    const mistakes: [string, string, number][] = [
      ["text that is not JSON", "{", -32700],
      ["a number", "5", -32600],
      ["an empty batch", "[]", -32600],
      ["an id that is an object", '{"id":{},"method":"echo"}', -32600],
      ["a missing method", '{"id":1}', -32600],
      ["params by name", '{"id":1,"method":"echo","params":{"a":1}}', -32602],
      ["an unknown method", request("eth_nothing"), -32601],
      ["a method of Object.prototype", request("toString"), -32601],
    ];
    for (const [what, body, code] of mistakes) {
      it(`refuses ${what} with ${code}`, async () => {
        expect((await post(server, body)).json.error.code).to.equal(code);
      });
    }

    it("says how long an answer is, unless there is none", async () => {
      const answer = await fetch(server.url, { method: "POST", body: request("echo", ["é"]) });
      const { byteLength } = await answer.arrayBuffer();
      expect(answer.headers.get("content-length")).to.equal(String(byteLength));
      expect(answer.headers.get("transfer-encoding")).to.equal(null);
      const none = await fetch(server.url, { method: "OPTIONS" });
      expect(none.status).to.equal(204);
      expect(none.headers.get("content-length")).to.equal(null);
    });

    it("refuses a batch of too many requests", async () => {
      const { json } = await post(server, JSON.stringify(Array(MAX_BATCH_REQUESTS + 1).fill(1)));
      expect(json.error.code).to.equal(-32600);
    });

    it("lets others come between the requests of a batch", async () => {
      const busy = Array.from({ length: 20 }, (_, id) => ({ id, method: "busy", params: [15] }));
      const order: string[] = [];
      const batch = post(server, JSON.stringify(busy)).then(() => order.push("batch"));
      const single = post(server, request("echo", [])).then(() => order.push("single"));
      await Promise.all([batch, single]);
      expect(order).to.deep.equal(["single", "batch"]);
    });

    const greedy: [string, { method: string; params?: unknown[] }][] = [
      ["time", { method: "busy", params: [MAX_BATCH_MS / 4 + 1] }],
      ["memory", { method: "large" }],
    ];
    for (const [what, one] of greedy) {
      it(`refuses the rest of a batch that takes too much ${what}`, async () => {
        const { json } = await post(server, JSON.stringify(Array(7).fill({ id: 1, ...one })));
        const codes = json.map(({ error }: { error?: { code: number } }) => error?.code);
        expect(codes).to.have.length(7);
        expect(codes.slice(0, 4)).to.deep.equal(Array(4).fill(undefined));
        expect(codes.at(-1)).to.equal(-32005);
      });
    }

    it("lets others come between the requests of many clients", async () => {
      const [count, milliseconds] = [20, 20];
      const clock = setInterval(() => (inARow.now = 0), 1);
      const sockets = await Promise.all(
        Array.from({ length: count }, async () => {
          const socket = new WebSocket(server.webSocketUrl);
          await new Promise((resolve) => socket.on("open", resolve));
          return socket;
        }),
      );
      const answers = [
        ...Array.from({ length: count }, () => post(server, request("busy", [milliseconds]))),
        ...sockets.map((socket) => new Promise((resolve) => socket.on("message", resolve))),
      ];
      [inARow.now, inARow.most] = [0, 0];
      for (const socket of sockets) socket.send(request("busy", [milliseconds]));
      await Promise.all(answers);
      clearInterval(clock);
      for (const socket of sockets) socket.terminate();
      expect(inARow.most).to.be.at.most(2);
    });

    it("outlives clients that go away in the middle of a request, or say what is not HTTP", async () => {
      const { port } = new URL(server.url);
      const words = [
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{",
        "NOT HTTP AT ALL\r\n\r\n",
      ];
      for (const text of words) {
        const socket = connect(Number(port), "127.0.0.1");
        await new Promise<void>((resolve) => socket.write(text, () => resolve()));
        socket.destroy();
      }
      expect((await post(server, request("echo", []))).status).to.equal(200);
    });

    it("works out nothing for clients that have gone when their turn comes", async () => {
      const count = 20;
      inARow.all = 0;
      const patient = post(server, request("busy", [50]));
      const abort = new AbortController();
      const gone = Array.from({ length: count }, () =>
        fetch(server.url, { method: "POST", body: request("busy", [50]), signal: abort.signal }),
      );
      const sockets = await Promise.all(
        Array.from({ length: count }, async () => {
          const socket = new WebSocket(server.webSocketUrl);
          await new Promise((resolve) => socket.on("open", resolve));
          for (let i = 0; i < count; i++) socket.send(request("busy", [50]));
          return socket;
        }),
      );
      abort.abort();
      for (const socket of sockets) socket.terminate();
      await Promise.allSettled(gone);
      await patient;
      expect((await post(server, request("echo", []))).status).to.equal(200);
      expect(inARow.all).to.be.lessThan(2 * count);
    });

    it("keeps nothing for clients that have gone before their answer was there", async () => {
      const one = { jsonrpc: "2.0", id: 1 };
      const large = Array.from({ length: 4 }, () => ({ ...one, method: "large" }));
      const body = JSON.stringify([{ ...one, method: "wait" }, ...large]);
      const bytes = (large.length * MAX_BATCH_ANSWER_BYTES) / 5;
      for (let held = 0; held <= MAX_HELD_BYTES; held += bytes) {
        const abort = new AbortController();
        const asked = fetch(server.url, { method: "POST", body, signal: abort.signal });
        const outcome = asked.then(
          ({ status }) => status,
          (error: Error) => error.name,
        );
        await new Promise((resolve) => setTimeout(resolve, 20));
        abort.abort();
        expect(await outcome).to.equal("AbortError");
        await new Promise((resolve) => setTimeout(resolve, 10));
        await post(server, request("knock"));
      }
      expect((await post(server, request("echo", []))).status).to.equal(200);
    }).timeout(20_000);

    it("closes a connection beyond the thousandth, and answers again once there is room", async () => {
      const { port } = new URL(server.url);
      const sockets: Socket[] = [];
      const closed = new Promise<void>((resolve) => {
        for (let i = 0; i < 1_002; i++) {
          const socket = connect(Number(port), "127.0.0.1");
          socket.on("error", () => resolve());
          socket.on("close", () => resolve());
          sockets.push(socket);
        }
      });
      await closed;
      const open = sockets.filter((socket) => !socket.closed);
      const gone = open.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      for (const socket of open) socket.destroy();
      await Promise.all(gone);
      expect((await post(server, request("echo", []))).status).to.equal(200);
    });

    it("refuses an oversized request and stays up", async () => {
      const { status, json } = await post(server, "x".repeat(MAX_REQUEST_BYTES + 1));
      expect([status, json.error.code]).to.deep.equal([413, -32600]);
      expect((await post(server, request("echo", []))).status).to.equal(200);
    });

    it("passes a named failure on with code, text and data", async () => {
      const refused = (await post(server, request("refuse"))).json.error;
      expect(refused).to.deep.equal({ code: -32000, message: "nonce too low" });
      const reverted = (await post(server, request("revert"))).json.error;
      expect(reverted).to.deep.equal({
        code: 3,
        message: "execution reverted: no",
        data: "0x1234",
      });
    });

    it("keeps an unexpected failure to itself and reports it", async () => {
      const { error } = (await post(server, request("broken"))).json;
      expect(error).to.deep.equal({ code: -32603, message: "internal error" });
      expect(internalErrors.pop()).to.be.instanceOf(TypeError);
    });

    it("allows browsers of any origin", async () => {
      const response = await fetch(server.url, { method: "OPTIONS" });
      expect(response.headers.get("access-control-allow-origin")).to.equal("*");
    });

    it("refuses GET with 405", async () => {
      expect((await fetch(server.url)).status).to.equal(405);
    });
  });

  it("answers over WebSocket in order and survives an oversized message", async () => {
    const socket = new WebSocket(server.webSocketUrl);
    const answers: string[] = [];
    await new Promise<void>((resolve) => {
      socket.on("open", () => {
        socket.send(request("echo", ["first"]));
        socket.send(request("echo", ["second"]));
      });
      socket.on("message", (data: Buffer) => {
        answers.push(JSON.parse(data.toString()).result[0]);
        if (answers.length === 2) resolve();
      });
    });
    expect(answers).to.deep.equal(["first", "second"]);
    const closed = new Promise<number>((resolve) => socket.on("close", resolve));
    socket.send("x".repeat(MAX_REQUEST_BYTES + 1));
    expect(await closed).to.equal(1009);
    expect((await post(server, request("echo", []))).status).to.equal(200);
  });

  it("reads no more of a WebSocket that asks faster than it can be answered, and answers all of it", async () => {
    const socket = new WebSocket(server.webSocketUrl);
    await new Promise((resolve) => socket.on("open", resolve));
    const large = request("nothing", ["x".repeat(4_000_000)]);
    const sent = 20;
    let answered = 0;
    const done = new Promise<void>((resolve) => {
      socket.on("message", () => {
        answered += 1;
        if (answered === sent + 1) resolve();
      });
    });
    socket.send(request("wait"));
    for (let i = 0; i < sent; i++) socket.send(large);
    await new Promise((resolve) => setTimeout(resolve, 300));
    // The rest waits on the client's side.
    expect(socket.bufferedAmount).to.be.greaterThan((sent * large.length) / 2);
    expect(answered).to.equal(0);
    await post(server, request("knock"));
    await done;
    socket.terminate();
  });

  it("takes so many WebSockets that others still come through", async () => {
    const sockets: WebSocket[] = [];
    for (let i = 0; i < MAX_SOCKETS; i++) {
      const socket = new WebSocket(server.webSocketUrl);
      sockets.push(socket);
      await new Promise((resolve) => socket.on("open", resolve));
    }
    const late = new WebSocket(server.webSocketUrl);
    expect(await new Promise<number>((resolve) => late.on("close", resolve))).to.equal(1013);
    expect((await post(server, request("echo", []))).status).to.equal(200);
    for (const socket of sockets) socket.terminate();
  });

  it("keeps no more of half-sent messages than of half-sent requests, whoever sends them", async () => {
    const half = Buffer.alloc(MAX_REQUEST_BYTES - 1_024);
    const sockets: Socket[] = [];
    let gone = 0;
    for (let sent = 0; sent <= MAX_HELD_BYTES + half.length; sent += half.length) {
      const socket = await upgraded(new URL(server.webSocketUrl));
      socket.on("close", () => (gone += 1)).on("error", () => undefined);
      sockets.push(socket);
      socket.write(headerOf(half.length + 1));
      await new Promise((resolve) => socket.write(half, resolve));
    }
    for (let looks = 0; gone === 0 && looks < 500; looks++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(gone).to.be.within(1, 3);
    expect((await post(server, request("echo", []))).status).to.equal(200);
    for (const socket of sockets) socket.destroy();
  }).timeout(20_000);

  it("names a port that is taken", async () => {
    const port = Number(new URL(server.url).port);
    const error = await serve(dispatcher, { ...listen, port }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(PortInUseError);
    expect((error as PortInUseError).port).to.equal(port);
  });

  it("names an address on which it cannot listen", async () => {
    // TEST-NET-1 of RFC 5737, which is nobody's.
    const elsewhere = { ...listen, host: "192.0.2.1" };
    const error = await serve(dispatcher, elsewhere).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UnusablePortError).that.includes({ host: "192.0.2.1", port: 0 });
  });
});
