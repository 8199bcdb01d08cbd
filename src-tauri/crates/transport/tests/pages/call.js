// One side of a call, for the tests: sends a tone, listens, and has a message channel.
window.messages = [];
const talk = (channel) => {
  window.channel = channel;
  channel.onmessage = (event) => window.messages.push(event.data);
};

window.begin = (frequency, picture) => {
  window.context = new AudioContext({ sampleRate: 48000 });
  const tone = new OscillatorNode(context, { frequency });
  const quieter = new GainNode(context, { gain: 0.5 });
  const out = new MediaStreamAudioDestinationNode(context);
  tone.connect(quieter).connect(out);
  tone.start();
  window.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
  if (picture) {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [320, 180];
    const pen = canvas.getContext('2d');
    // Restless, so that a picture takes several packets.
    setInterval(() => {
      for (let i = 0; i < 300; i++) {
        pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
        pen.fillRect(Math.random() * 320, Math.random() * 180, 12, 12);
      }
    }, 66);
    const stream = canvas.captureStream(15);
    pc.addTrack(stream.getVideoTracks()[0], stream);
  }
  pc.ontrack = (event) => {
    if (event.track.kind !== 'audio') return;
    const stream = new MediaStream([event.track]);
    // Without an element that plays it, the track is never decoded.
    window.element = new Audio();
    element.srcObject = stream;
    element.play();
    window.analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaStreamSource(stream).connect(analyser);
  };
  pc.ondatachannel = (event) => talk(event.channel);
};

const gathered = () => new Promise((done) => {
  const look = () => pc.iceGatheringState === 'complete' && done();
  pc.onicegatheringstatechange = look;
  look();
});

// Another tone on a track of its own comes and goes.
window.another = (frequency) => {
  const tone = new OscillatorNode(context, { frequency });
  const out = new MediaStreamAudioDestinationNode(context);
  tone.connect(out);
  tone.start();
  window.extra = pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
};
window.noOther = () => {
  extra.track.stop();
  // A stopped transceiver's section is free for the next one (RFC 9429 §5.2.2).
  pc.getTransceivers().find((transceiver) => transceiver.sender === extra).stop();
};
window.reoffer = async () => {
  await pc.setLocalDescription();
  return pc.localDescription.sdp;
};

window.offer = async () => {
  talk(pc.createDataChannel('chat', { protocol: 'words' }));
  await pc.setLocalDescription();
  await gathered();
  return pc.localDescription.sdp;
};
window.accept = (sdp) => pc.setRemoteDescription({ type: 'answer', sdp });
window.answer = async (sdp) => {
  await pc.setRemoteDescription({ type: 'offer', sdp });
  await pc.setLocalDescription();
  await gathered();
  return pc.localDescription.sdp;
};

// The loudest frequency that arrives, in Hz.
window.hears = () => {
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const loudest = bins.indexOf(Math.max(...bins));
  return { frequency: (loudest * 48000) / analyser.fftSize, level: bins[loudest] };
};
window.figures = async () => {
  const all = [...(await pc.getStats()).values()];
  const audio = all.find((s) => s.type === 'inbound-rtp' && s.kind === 'audio') ?? {};
  const { packetsReceived, packetsLost, totalAudioEnergy, audioLevel } = audio;
  const said = all.find((s) => s.type === 'remote-outbound-rtp' && s.kind === 'audio') ?? {};
  const reported = all.find((s) => s.type === 'remote-inbound-rtp' && s.kind === 'audio') ?? {};
  return {
    packetsReceived, packetsLost, totalAudioEnergy, audioLevel,
    // From our sender reports and receiver reports.
    packetsWeSaidWeSent: said.packetsSent, roundTrips: reported.roundTripTimeMeasurements,
  };
};
window.retransmitted = async () => {
  const all = [...(await pc.getStats()).values()];
  return all.filter((s) => s.type === 'outbound-rtp').reduce((sum, s) => sum + (s.retransmittedPacketsSent ?? 0), 0);
};
