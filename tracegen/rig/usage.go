package rig

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Usage is what the process has used so far.
type Usage struct {
	// CPU is user and system time.
	CPU time.Duration
	// RSS and PeakRSS are resident bytes, now and at most.
	RSS, PeakRSS int64
}

// ticksPerSecond is the unit of /proc/PID/stat: USER_HZ, 100 on every Linux that Go
// runs on.
const ticksPerSecond = 100

// Usage reads /proc, so it works on Linux only.
func (c *Collector) Usage() (Usage, error) {
	var u Usage
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	if err != nil {
		return u, fmt.Errorf("rig: usage: %w", err)
	}
	// The second field is the command in brackets and may hold anything; utime and
	// stime are fields 14 and 15 (proc_pid_stat(5)).
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return u, fmt.Errorf("rig: usage: %d fields in /proc stat", len(fields))
	}
	for _, f := range fields[11:13] {
		ticks, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return u, fmt.Errorf("rig: usage: %w", err)
		}
		u.CPU += time.Duration(ticks) * time.Second / ticksPerSecond
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return u, fmt.Errorf("rig: usage: %w", err)
	}
	u.RSS, u.PeakRSS = kilobytes(status, "VmRSS:"), kilobytes(status, "VmHWM:")
	return u, nil
}

func kilobytes(status []byte, name string) int64 {
	for line := range bytes.Lines(status) {
		if fields := bytes.Fields(line); len(fields) >= 2 && string(fields[0]) == name {
			n, _ := strconv.ParseInt(string(fields[1]), 10, 64) // 0 where the kernel gives no number
			return n << 10
		}
	}
	return 0
}
