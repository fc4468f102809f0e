// Package asterisk is a phone.Switch made of an Asterisk and its ARI: one websocket for events, HTTP for commands.
// Nobody else in the program knows ARI. It is not a general client: it speaks the twenty requests the line needs.
//
// Events: one goroutine reads the socket, decodes, and routes to the legs' sinks (inlet), as a hand-off costs more than
// the routing. It never waits, because Asterisk closes a socket whose reader is late, and a closed socket loses events:
// the router makes no request. What an event calls for on the switch is done in a goroutine of its own, which Run waits
// for.
//
// Requests: whoever calls a verb writes the request and reads the answer himself, on a connection that is kept (wires).
//
// # Concurrency
//
// All methods of Switch and of its legs may be called from any goroutine. A sink and the Handler are called by the
// router, one event at a time; only what follows a recording cut by a hang-up comes from elsewhere, and never beside
// another event of the same leg. A leg calls its sink with its lock held, which is why a sink must not call a verb.
// Locks do not nest but in the order leg, switch.
//
// # What is lost with the socket
//
// Channels, sounds, music, recordings and bridges go on without us; events do not wait. So every connect ends in
// resync, which compares what the switch has with what this process believes and tells the difference as events.
// What comes in while it works waits behind it.
//
// # Two applications
//
// Calls belong to Config.App. The operators' presence comes through a second application on the same socket,
// App+"-phones": an endpoint subscription delivers all channel events of that endpoint again, and with it in the one
// application every key of every caller came twice (measured on 22.10.1).
package asterisk
