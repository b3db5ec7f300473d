// centrifuge-go under test: takes orders by line and tells in JSON what happens (see ../driver.ts).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/centrifugal/centrifuge-go"
)

type fields map[string]any

type publication struct {
	Offset uint64          `json:"offset"`
	Data   json.RawMessage `json:"data"`
}

var telling sync.Mutex

func tell(what fields) {
	telling.Lock()
	defer telling.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(what); err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	encoding, url, token, channel := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	create := centrifuge.NewJsonClient
	if encoding == "protobuf" {
		create = centrifuge.NewProtobufClient
	}
	client := create(url, centrifuge.Config{
		Token:             token,
		MinReconnectDelay: 20 * time.Millisecond,
		MaxReconnectDelay: 200 * time.Millisecond,
	})
	client.OnConnected(func(e centrifuge.ConnectedEvent) {
		tell(fields{"event": "connected", "client": e.ClientID})
	})
	client.OnError(func(e centrifuge.ErrorEvent) {
		tell(fields{"event": "error", "because": e.Error.Error()})
	})
	subscription := must(client.NewSubscription(channel, centrifuge.SubscriptionConfig{
		Recoverable: true, Positioned: true, JoinLeave: true,
	}))
	subscription.OnSubscribed(func(e centrifuge.SubscribedEvent) {
		tell(fields{"event": "subscribed", "recovering": e.WasRecovering, "recovered": e.Recovered})
	})
	subscription.OnPublication(func(e centrifuge.PublicationEvent) {
		tell(fields{"event": "publication", "offset": e.Offset, "data": json.RawMessage(e.Data)})
	})
	subscription.OnJoin(func(e centrifuge.JoinEvent) { tell(fields{"event": "joined", "user": e.User}) })
	subscription.OnLeave(func(e centrifuge.LeaveEvent) { tell(fields{"event": "left", "user": e.User}) })
	if err := subscription.Subscribe(); err != nil {
		panic(err)
	}
	if err := client.Connect(); err != nil {
		panic(err)
	}
	for orders := bufio.NewScanner(os.Stdin); orders.Scan(); {
		order, argument, _ := strings.Cut(orders.Text(), " ")
		answer, err := obey(subscription, order, argument)
		if err != nil {
			answer = fields{"error": err.Error()}
		}
		answer["answer"] = order
		tell(answer)
	}
	client.Close()
}

func obey(subscription *centrifuge.Subscription, order, argument string) (fields, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	switch order {
	case "publish":
		_, err := subscription.Publish(ctx, []byte(argument))
		return fields{}, err
	case "presence":
		result, err := subscription.Presence(ctx)
		users := map[string]string{}
		for client, info := range result.Clients {
			users[client] = info.User
		}
		return fields{"users": users}, err
	default:
		result, err := subscription.History(ctx, centrifuge.WithHistoryLimit(100))
		publications := []publication{}
		for _, each := range result.Publications {
			publications = append(publications, publication{each.Offset, each.Data})
		}
		return fields{"publications": publications}, err
	}
}
