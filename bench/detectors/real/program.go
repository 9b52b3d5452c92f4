// A typical service in Go: program BEHAVIOR AMOUNT [SECONDS]. AMOUNT is in MB, or in MB per minute for leaks (servers: under a
// load of 1). With "server" as the first argument, it prints a port, and load.mjs sends the requests that drive it.
package main

import (
	"fmt"
	"math"
	"math/rand"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	ticksASecond = 4
	// What load.mjs sends at a load of 1.
	requestsASecond = 20
	itemsAMb        = 1000
)

var (
	lock    sync.Mutex
	held    = map[int][]byte{}
	oldest  int
	count   int
	owed    float64
	seconds = 600.0
	amount  float64
	blocked = make(chan struct{})
)

func item() []byte {
	bytes := make([]byte, 500+rand.Intn(1000))
	bytes[0] = 1
	return bytes
}

func hold(mb float64) {
	for owed += mb * itemsAMb; owed >= 1; owed-- {
		held[count] = item()
		count++
	}
}

func letGo(mb float64) {
	for len(held) > int(mb*itemsAMb) {
		delete(held, oldest)
		oldest++
	}
}

func loadAt(t float64) float64 { return 1 + math.Sin(2*math.Pi*t/seconds) }

// serve is a request that retains no memory.
func serve(times float64) int {
	parts := 0
	for request := 0; request < int(5*times); request++ {
		var text strings.Builder
		for row := 0; row < 1000; row++ {
			text.WriteString(strconv.Itoa(row))
			text.WriteByte(',')
		}
		parts += len(strings.Split(text.String(), ","))
	}
	return parts
}

// A goroutine that waits for a message that is never sent keeps its stack and what it refers to.
func leakGoroutines(mb float64) {
	for owed += mb * itemsAMb / 3; owed >= 1; owed-- {
		kept := item()
		go func() {
			<-blocked
			kept[0]++
		}()
	}
}

func hasStarted(t, step float64) bool { return math.Mod(t, seconds) < step }

// tick is one step of a behavior; step is how many seconds it stands for.
func tick(behavior string, t, step float64) {
	leaked := amount / 60 * step
	switch behavior {
	case "leak into a map", "leak of sessions":
		hold(leaked)
	case "leak of goroutines":
		leakGoroutines(leaked)
	case "leak of some requests":
		if rand.Float64() < 0.02 {
			hold(leaked * 50)
		}
	case "leak in steps":
		if hasStarted(t, step) {
			hold(amount / 60 * seconds)
		}
	case "leak per request":
		serve(loadAt(t))
		hold(leaked * loadAt(t))
	case "leak after calm":
		if t > seconds {
			hold(leaked)
		}
	case "bounded cache":
		hold(amount / seconds * step)
		letGo(amount)
	case "cache cleared by half":
		hold(amount / seconds * step)
		if len(held) > int(amount*itemsAMb) {
			letGo(amount / 2)
		}
	case "sawtooth":
		if count == 0 {
			hold(amount)
		}
		serve(4)
	case "traffic":
		hold(1)
		letGo(amount / 2 * loadAt(t))
	case "warm-up":
		hold(math.Max(0, amount*(1-math.Exp(-t/seconds))-float64(count)/itemsAMb))
	case "batch":
		if hasStarted(t, step) {
			hold(amount)
			letGo(0)
		}
	case "no state":
	default:
		panic("unknown behavior " + behavior)
	}
}

func serveRequests(behavior string, started time.Time) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		lock.Lock()
		tick(behavior, time.Since(started).Seconds(), 1.0/requestsASecond)
		lock.Unlock()
		fmt.Fprint(response, serve(0.4))
	})))
}

func main() {
	words := os.Args[1:]
	isServer := words[0] == "server"
	if isServer {
		words = words[1:]
	}
	amount, _ = strconv.ParseFloat(words[1], 64)
	if len(words) > 2 {
		seconds, _ = strconv.ParseFloat(words[2], 64)
	}
	started := time.Now()
	if isServer {
		serveRequests(words[0], started)
	}
	for range time.Tick(time.Second / ticksASecond) {
		serve(1)
		tick(words[0], time.Since(started).Seconds(), 1.0/ticksASecond)
	}
}
