"""centrifuge-python under test: takes orders by line and tells in JSON what happens (see ../driver.ts)."""

import asyncio
import json
import sys

from centrifuge import Client, ClientEventHandler, SubscriptionEventHandler

encoding, url, token, channel = sys.argv[1:]
binary = encoding == "protobuf"


def tell(**what):
    print(json.dumps(what), flush=True)


def read(data):
    return json.loads(data) if binary else data


class Connection(ClientEventHandler):
    async def on_connected(self, ctx):
        tell(event="connected", client=ctx.client)

    async def on_error(self, ctx):
        tell(event="error", because=str(ctx.error))


class Channel(SubscriptionEventHandler):
    async def on_subscribed(self, ctx):
        tell(event="subscribed", recovering=ctx.was_recovering, recovered=ctx.recovered)

    async def on_publication(self, ctx):
        tell(event="publication", offset=ctx.pub.offset, data=read(ctx.pub.data))

    async def on_join(self, ctx):
        tell(event="joined", user=ctx.info.user)

    async def on_leave(self, ctx):
        tell(event="left", user=ctx.info.user)


async def obey(subscription, order, argument):
    if order == "publish":
        await subscription.publish(argument.encode() if binary else json.loads(argument))
        tell(answer=order)
    elif order == "presence":
        clients = (await subscription.presence()).clients
        tell(answer=order, users={client: info.user for client, info in clients.items()})
    elif order == "history":
        publications = (await subscription.history(limit=100)).publications
        tell(answer=order, publications=[{"offset": each.offset, "data": read(each.data)} for each in publications])


async def main():
    client = Client(
        url, events=Connection(), token=token, use_protobuf=binary, min_reconnect_delay=0.02, max_reconnect_delay=0.2
    )
    subscription = client.new_subscription(
        channel, events=Channel(), recoverable=True, positioned=True, join_leave=True
    )
    await subscription.subscribe()
    await client.connect()
    while line := await asyncio.to_thread(sys.stdin.readline):
        order, _, argument = line.rstrip("\n").partition(" ")
        try:
            await obey(subscription, order, argument)
        except Exception as error:
            tell(answer=order, error=str(error))
    await client.disconnect()


asyncio.run(main())
