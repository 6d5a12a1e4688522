// Package insight holds the programme's figures: events and counts taken from
// other systems, and the tables made of them.
//
// A row of figures counts something that happened at a place and time. It
// never names or stands for a person: what a row may be broken down by is
// checked here, on the node that keeps it, whatever the file it came from
// said. Tables that leave the house suppress cells under eleven, and enough
// others that no reader can work the hidden ones out.
package insight
