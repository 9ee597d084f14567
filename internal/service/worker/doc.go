// Package worker serves an [net/http.Handler] as a Cloudflare Worker, compiled
// with GOOS=js GOARCH=wasm. worker.mjs, in the same folder, is the other half:
// it starts an instance of the program, hands it a request, and takes the
// answer.
//
// workerd lets a request use only what was made on its behalf: it cannot wait
// for a promise or a timer of another request, and neither would wake it. Go's
// scheduler does not know that. It goes on with whatever goroutine can, in the
// callback of whichever request comes, and has one timer for all. When an
// instance served ten requests at once, 149 of 200 that slept for 3 ms hung, and
// 198 of 200 that held a lock over a query. So an instance serves one request at
// a time. Instances that are done are kept for the next requests, since starting
// one costs more than most requests do: links were followed 202 times a second
// so, and 95 times with a new instance for each.
//
// For the same reason a request that finds six busy waits for one of them, for as
// long as another takes to start: ten clients followed links 471 times a second
// so, and 257 times otherwise. It looks for one by timers of its own, which take 0.2 to
// 0.5 ms of CPU time from each request. When the request that was done handed it the
// instance, 6 of 50 were taken for hung, some of the times even with a timer of their
// own beside that.
//
// The first instance starts when the worker's module is loaded, and rehearses: see
// [Serve]. Cloudflare loads it while a client still shakes hands, and counts that
// time apart from a request's. There are neither timers nor random numbers then. Go's
// runtime begins by asking for 32 random bytes, for the order of maps among others; it
// gets them from Math.random. A program whose packages or whose rehearsal ask for more
// is started by the first request instead.
//
// A client that goes away does not end its request; otherwise the instance would be
// lost with it. A handler must not leave goroutines running that wait for something:
// what they wait for ends with the request.
package worker
