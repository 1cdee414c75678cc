"""Asks a live server by the library gql, which checks each query against the schema that it has fetched.

Usage: client.py ADDRESS
"""

import asyncio
import sys

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport

COVERAGE = gql(
    """
    query Coverage($indicator: ID!, $within: ID) {
      coverage(indicator: $indicator, within: $within, asOf: "2024-06-30") {
        population subjects covered uncovered unknown exempt ratio
      }
    }
    """
)
GAPS = gql('{ gaps(indicator: "grid-station", first: 3) { totalCount nodes { organization { id } reasons { needed } } } }')
WRONG = gql("{ coverage(indicator: \"grid-station\") { percentage } }")
WATCH = gql('subscription { coverage(indicator: "grid-station") { population } }')


async def main(address: str) -> None:
    transport = AIOHTTPTransport(url=f"{address}/graphql")
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        COVERAGE.variable_values = {"indicator": "two-new-organisation", "within": "cn-370114"}
        coverage = (await session.execute(COVERAGE))["coverage"]
        states = (coverage[state] for state in ("covered", "uncovered", "unknown", "exempt"))
        assert coverage["population"] == sum(states), coverage
        gaps = (await session.execute(GAPS))["gaps"]
        assert len(gaps["nodes"]) == 3 <= gaps["totalCount"], gaps
        try:
            await session.execute(WRONG)
        except Exception as error:
            assert "percentage" in str(error), error
        else:
            raise AssertionError("a field that is not in the schema was asked for")

    socket = WebsocketsTransport(
        url=f"{address}/graphql".replace("http", "ws", 1), subprotocols=["graphql-transport-ws"]
    )
    async with Client(transport=socket) as session:
        async for answer in session.subscribe(WATCH):
            assert answer["coverage"]["population"] > 0, answer
            break
    print("gql: queries are checked and answered, and a subscription begins")


asyncio.run(main(sys.argv[1]))
