package kiteline

import "kiteline/internal/host"

// Messages for whoever runs the plugin. They may hold payload, so they go to the dead letters of the records being
// processed, and to the pipeline's own log only where the pipeline says so. A message is cut at 1,024 bytes; at most 16
// are kept of each call.

// LogDebug is for the plugin's author.
func LogDebug(message string) { host.Current.Log(0, message) }

// LogInfo says something worth knowing.
func LogInfo(message string) { host.Current.Log(1, message) }

// LogWarn says that something is odd; the plugin goes on.
func LogWarn(message string) { host.Current.Log(2, message) }

// LogError says that something failed.
func LogError(message string) { host.Current.Log(3, message) }
