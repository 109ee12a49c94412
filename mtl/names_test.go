package mtl_test

import (
	"fmt"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

func TestStringsOfEnumerations(t *testing.T) {
	for _, c := range []struct {
		value fmt.Stringer
		want  string
	}{
		{mtl.ResourceUsageRead | mtl.ResourceUsageWrite, "read|write"},
		{mtl.ResourceUsage(4), "ResourceUsage(0x4)"},
		{mtl.StageDispatch | mtl.StageBlit, "dispatch|blit"},
		{mtl.StageBlit | 1, "blit|Stages(0x1)"},
		{mtl.CounterSamplingPointAtTileDispatchBoundary, "tile dispatch boundary"},
		{mtl.CounterSamplingPoint(9), "CounterSamplingPoint(9)"},
		{mtl.CommandEncoderErrorStateAffected, "affected"},
		{mtl.CommandEncoderErrorState(-1), "CommandEncoderErrorState(-1)"},
		{mtl.CommandBufferErrorOptionEncoderExecutionStatus, "encoder execution status"},
		{mtl.CommandBufferErrorOption(2), "CommandBufferErrorOption(0x2)"},
		{mtl.CommandBufferErrorOptionNone, "none"},
		{mtl.DispatchTypeConcurrent, "concurrent"},
		{mtl.BarrierScopeBuffers | mtl.BarrierScopeTextures, "buffers|textures"},
		{mtl.PipelineOptionBindingInfo | mtl.PipelineOptionFailOnBinaryArchiveMiss, "binding info|fail on binary archive miss"},
		{mtl.FunctionTypeVisible, "visible"},
		{mtl.FunctionType(1), "FunctionType(1)"},
		{mtl.IndirectCommandTypeConcurrentDispatchThreads, "concurrent dispatch threads"},
		{mtl.ShaderReflectionBindingInfo | mtl.ShaderReflectionBufferTypeInfo, "binding info|buffer type info"},
		{mtl.IndirectCommandBufferSupportStateEnabled, "enabled"},
		{mtl.PipelineDataSetSerializerConfigurationCaptureBinaries, "binaries"},
		{mtl.GPUFamilyApple8, "Apple 8"},
		{mtl.GPUFamilyMac2, "Mac 2"},
		{mtl.GPUFamilyMetal4, "Metal 4"},
		{mtl.GPUFamily(1011), "GPUFamily(1011)"},
	} {
		if got := c.value.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
